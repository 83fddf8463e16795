// SPDX-License-Identifier: MIT
// What happens to a board from outside.
#include "random/client.h"
#include "support/wait.h"

#include <fmt/format.h>

namespace gpiofs::test {

void Client::drive() {
    const LineRef line = pick_sampled();
    if (model_.is_output(line) && !chance_.one_in(10)) {
        return;
    }
    settle_all();
    const PinRef pin = pin_of(line);
    const bool released = chance_.coin();
    const bool level = chance_.coin();
    bench(pin_word(pin) + "/drive", released ? "z" : level ? "1" : "0");
    model_.pins().set_drive(pin, released ? std::nullopt : std::optional(level));
    sample_moved();
}

void Client::pull() {
    settle_all();
    const PinRef pin = pin_of(pick_sampled());
    const bool up = chance_.coin();
    bench(pin_word(pin) + "/pull", up ? "pull-up" : "pull-down");
    model_.pins().set_pull(pin, up);
    sample_moved();
}

void Client::wire() {
    const PinRef a = pin_of(pick_output());
    const PinRef b = pin_of(pick_sampled());
    if (a == b) {
        return;
    }
    settle_all();
    bench("wires", fmt::format("{} {}", pin_word(a), pin_word(b)));
    model_.pins().add_wire(a, b);
    sample_moved();
}

void Client::cut_wires() {
    settle_all();
    bench("wires", "\n");
    model_.pins().cut_wires();
    sample_moved();
}

void Client::unplug_and_replug() {
    history_.begin();
    constexpr unsigned most_operations_unplugged = 20;
    bench("plugged", "0");
    model_.unplug();
    check_names();
    for (unsigned left = chance_.pick(most_operations_unplugged); left > 0; --left) {
        step();
    }
    bench("plugged", "1");
    model_.plug_in();
    wait_until([&] { return list(mount_.path()) == model_.names(); });
    check_names();
}

void Client::lose_power() {
    history_.begin();
    settle_all();
    for (unsigned chip = 0; chip < model_.chips().size(); ++chip) {
        // A line that goes shows that the loss has been found.
        const LineRef line{chip, favourites_.front().offset};
        if (model_.exported(line) == nullptr) {
            const std::string text = fmt::format("{}\n", line.offset);
            write(chip_folder(chip) + "/export", text, model_.chip_export(chip, text));
        }
    }
    bench("fault", "power-loss 1");
    for (unsigned chip = 0; chip < model_.chips().size(); ++chip) {
        const LineRef line{chip, favourites_.front().offset};
        const bool found = wait_until([&] {
            const std::string text = read_text(mount_ / legacy_chip_folder(chip) / "lines");
            history_.note(fmt::format("read lines of chip {}: {}", chip, in_quotes(text)));
            if (!text.starts_with("OFFSET") && text != "ETIMEDOUT" && text != "EIO") {
                history_.differ("read lines after a loss of power", "a table, ETIMEDOUT or EIO",
                                text);
            }
            return !fs::exists(mount_ / folder(line, true));
        });
        history_.check("the loss of power is found", "yes", found ? "yes" : "no");
    }
    model_.lose_power();
    check_names();
    for (unsigned chip = 0; chip < model_.chips().size(); ++chip) {
        read(legacy_chip_folder(chip) + "/lines", model_.lines_table(chip));
    }
}

}  // namespace gpiofs::test
