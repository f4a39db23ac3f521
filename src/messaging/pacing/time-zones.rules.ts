import { countryOf, type PhoneNumber } from '#lib/whatsapp';

/** Where Node has this by its newer name, the older one is gone. */
type Region = Intl.Locale & { readonly timeZones?: readonly string[]; getTimeZones?(): readonly string[] | undefined };

const known = new Map<string, readonly string[]>();

/** The time zones of the country that a number belongs to; none where that is not known. */
export const timeZonesOf = (phoneNumber: PhoneNumber): readonly string[] => {
  const country = countryOf(phoneNumber);
  if (country === undefined) return [];
  const zones = known.get(country) ?? zonesIn(country);
  known.set(country, zones);
  return zones;
};

const zonesIn = (country: string): readonly string[] => {
  const region: Region = new Intl.Locale(`und-${country}`);
  return region.getTimeZones?.() ?? region.timeZones ?? [];
};
