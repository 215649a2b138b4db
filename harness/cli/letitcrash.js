#!/usr/bin/env node
// npx remembers for each folder where a command lies. A checkout that was used before the command moved still looks for it here.
import '../front/cli/letitcrash.js';
