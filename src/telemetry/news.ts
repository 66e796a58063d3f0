/** Tells a text that was said before from a new one, so that what repeats at every poll is logged once. */
export interface News {
  isNews(text: string): boolean;
}

/** Remembers at most `capacity` texts; when there are more it forgets them all, and each may be said once more. */
export function createNews(capacity: number): News {
  const known = new Set<string>();
  return {
    isNews: (text) => {
      if (known.has(text)) return false;
      if (known.size >= capacity) known.clear();
      known.add(text);
      return true;
    },
  };
}
