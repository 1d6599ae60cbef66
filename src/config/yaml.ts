/** What is used of the YAML parser, by name: a bundle loads this file, and with it the parser, only where YAML is read. */
export { LineCounter, parseDocument } from 'yaml'
