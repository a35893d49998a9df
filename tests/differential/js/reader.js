// Reads YAML as js-yaml does: a line of base64 on stdin, a line of JSON on stdout, {"tree": …} or {"error": "…"}.
'use strict';

const readline = require('node:readline');
const yaml = require(process.argv[2]);

const options = { schema: yaml.FAILSAFE_SCHEMA };

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const text = Buffer.from(line, 'base64').toString('utf8');
  let answer;
  try {
    const tree = yaml.load(text, options);
    answer = { tree: tree === undefined ? null : tree };
  } catch (error) {
    answer = { error: String(error.reason || error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
