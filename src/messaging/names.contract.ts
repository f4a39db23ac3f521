export { namesOf } from './people/person-names.js';
