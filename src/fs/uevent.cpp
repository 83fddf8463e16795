// SPDX-License-Identifier: MIT
#include "fs/uevent.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gpiofs::fs {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// As the kernel's isalnum(), which knows the letters of Latin-1 (Linux lib/ctype.c).
bool is_letter_or_digit(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (byte >= 0xc0 && byte != 0xd7 && byte != 0xf7);
}

bool is_word(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

bool is_action(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 8> actions = {
        "add", "remove", "change", "move", "online", "offline", "bind", "unbind"};
    return std::find(actions.begin(), actions.end(), text) != actions.end();
}

bool is_uuid(std::string_view text) noexcept {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char c, char wanted) {
        return wanted == '-' ? c == '-' : is_hex_digit(c);
    });
}

bool is_pair(std::string_view text) noexcept {
    const std::size_t at = text.find('=');
    return at != std::string_view::npos && is_word(text.substr(0, at)) &&
           is_word(text.substr(at + 1));
}

}  // namespace

bool is_synthetic_uevent(std::string_view text) noexcept {
    if (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    bool (*check)(std::string_view) noexcept = is_action;
    std::size_t space = 0;
    for (; (space = text.find(' ')) != std::string_view::npos; text.remove_prefix(space + 1)) {
        if (!check(text.substr(0, space))) {
            return false;
        }
        check = check == is_action ? is_uuid : is_pair;
    }
    return check(text);
}

}  // namespace gpiofs::fs
