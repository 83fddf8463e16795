// SPDX-License-Identifier: MIT
// use_onoff.js OUTPUT INPUT: two wired lines; each edge that is seen makes the next.
const { Gpio } = require('onoff');

const [outputNumber, inputNumber] = process.argv.slice(2).map(Number);
const output = new Gpio(outputNumber, 'low');
const input = new Gpio(inputNumber, 'in', 'both');
let edgesLeft = 40;

console.log(`start ${input.readSync()}`);
input.watch((error, value) => {
  if (error) throw error;
  console.log(`edge ${value}`);
  edgesLeft -= 1;
  if (edgesLeft > 0) {
    output.writeSync(value ^ 1);
    return;
  }
  console.log(`end ${output.readSync()}`);
  input.unexport();
  output.unexport();
});
output.writeSync(1);
