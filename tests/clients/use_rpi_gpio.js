// SPDX-License-Identifier: MIT
// Lines 5 and 6 are wired, line 4 is low.
const gpio = require('rpi-gpio');
const { promise } = gpio;

async function main() {
  gpio.setMode(gpio.MODE_BCM);
  await promise.setup(4, gpio.DIR_IN);
  await promise.setup(5, gpio.DIR_LOW);
  await promise.setup(6, gpio.DIR_IN, gpio.EDGE_BOTH);
  console.log(`line 4 is ${await promise.read(4)}`);
  for (let level = 1, times = 0; times < 10; times += 1, level ^= 1) {
    const changed = new Promise((seen) => { gpio.once('change', (line, value) => seen([line, value])); });
    await promise.write(5, level);
    const [line, value] = await changed;
    console.log(`line ${line} is ${value}`);
  }
  await promise.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
