/** Options of an `LRUCache` of so many entries that grows as it fills. (`max` alone reserves the memory of all entries at once.) */
export const upTo = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 });
