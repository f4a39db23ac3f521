/** The smallest files of their types, in base64: examples with them can be sent. */
export const exampleFiles = {
  image:
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVQImWMQqQgQqQhggFAAFy4DcbBbXigAAAAASUVORK5CYII=',
  video: 'AAAAGGZ0eXBpc29tAAACAGlzb21tcDQx',
  voice: 'T2dnUwACAAAAAAAAAAAAAAAAAAAAAAAAAAABE09wdXNIZWFkAQE4AYC7AAAAAAA=',
  document: 'JVBERi0xLjQKJSVFT0YK',
};
