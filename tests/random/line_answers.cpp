// SPDX-License-Identifier: MIT
// The files of an exported line: what they read and answer.
#include "random/board_model.h"
#include "random/words.h"

namespace gpiofs::test {

std::string BoardModel::write_direction(LineRef line, std::string_view text) {
    const std::string_view word = word_of(text);
    const bool output = word == "out" || word == "low" || word == "high";
    if (!output && word != "in") {
        return "EINVAL";
    }
    if (output ? !can_output(line) : !can_input(line)) {
        return "EOPNOTSUPP";
    }
    Chip& chip = chips_[line.chip];
    const bool becomes_input = !output && chip.output[line.offset];
    chip.output[line.offset] = output;
    pins_.set_output(pin_of(line), output ? std::optional(word == "high") : std::nullopt);
    if (becomes_input) {
        // An output is not sampled: the first sample of the input tells no edge.
        exported(line)->previous = pins_.level(pin_of(line));
    }
    chip.unsettled = true;
    return "ok";
}

std::string BoardModel::write_value(LineRef line, std::string_view text) {
    const KernelNumber number = kernel_int(text_of(text));
    if (number.error != 0) {
        return answer_of(number);
    }
    if (!is_output(line)) {
        return "EPERM";
    }
    pins_.set_output(pin_of(line), (number.value != 0) != exported(line)->active_low);
    chips_[line.chip].unsettled = true;
    return "ok";
}

std::string BoardModel::write_edge(LineRef line, std::string_view text) {
    const std::string_view word = word_of(text);
    for (const Edge edge : {Edge::none, Edge::rising, Edge::falling, Edge::both}) {
        if (word != edge_word(edge)) {
            continue;
        }
        ExportModel& model = *exported(line);
        if (edge == model.edge) {
            return "ok";
        }
        // As in the kernel, a setting that is refused has taken the old one back.
        const bool refused = edge != Edge::none && is_output(line);
        model.edge = refused ? Edge::none : edge;
        model.previous = pins_.level(pin_of(line));
        return refused ? "EIO" : "ok";
    }
    return "EINVAL";
}

std::string BoardModel::write_active_low(LineRef line, std::string_view text) {
    const KernelNumber number = kernel_int(text_of(text));
    if (number.error == 0) {
        exported(line)->active_low = number.value != 0;
    }
    return answer_of(number);
}

std::string BoardModel::value(LineRef line) const {
    if (!can_input(line)) {
        return "EOPNOTSUPP";
    }
    return pins_.level(pin_of(line)) != exported(line)->active_low ? "1\n" : "0\n";
}

}  // namespace gpiofs::test
