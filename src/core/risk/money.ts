const estimate = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const declared = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });

/** `1,234,000 USD`; four significant digits, which is more than any estimate behind it holds. */
export function money(value: number, currency: string | null): string {
  return withCurrency(estimate.format(value), currency);
}

/** An amount a person wrote, digit for digit. */
export function declaredMoney(value: number, currency: string | null): string {
  return withCurrency(declared.format(value), currency);
}

function withCurrency(amount: string, currency: string | null): string {
  return currency === null ? amount : `${amount} ${currency}`;
}
