import type { Notice, NoticeMessage } from './notice.ts';
import { wordingOf } from './wording.ts';

/** Slack reads `<...>` as links and mentions: text of tenants must not be able to call a whole channel. Source: Slack, "Formatting text". */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The `text` form of an incoming webhook, which Slack, Mattermost and Rocket.Chat take. */
export function webhookMessage(notice: Notice): NoticeMessage {
  const { title, what, remedy, stake, earlier } = wordingOf(notice);
  const { incident, newest } = notice;
  const facts = `Incident ${incident.name} (${incident.uid}), entry ${newest.seq}, by ${newest.actor} at ${newest.at}${incident.owner === null ? '' : `, owner ${incident.owner}`}`;
  const links = incident.links.map(({ name, url }) => `${name}: ${url}`);
  const lines = [
    `*${escapeText(title)}*`,
    ...[what, ...(stake === null ? [] : [stake]), remedy, ...links, ...earlier.map((line) => `before: ${line}`), facts].map(escapeText),
  ];
  return { path: '', contentType: 'application/json', body: JSON.stringify({ text: lines.join('\n') }) };
}
