/** The text of a Java properties file (`java.util.Properties`), in ASCII, in the order given. */
export function propertiesFile(properties: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${escapeCharacters(key, /[\\=:#!\s]/g)}=${escapeValue(String(value))}\n`)
    .join('');
}

function escapeValue(value: string): string {
  // A leading space would be skipped; one further on stays.
  return escapeCharacters(value, /[\\\n\r\t\f]|^ /g);
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

function escapeCharacters(text: string, special: RegExp): string {
  return text
    .replace(special, (character) => NAMED[character] ?? `\\${character}`)
    .replace(/[^\t-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
