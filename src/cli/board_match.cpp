// SPDX-License-Identifier: MIT
#include "cli/board_match.h"

#include "base/error.h"
#include "cli/listed_board.h"
#include "mpsse/known_boards.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace gpiofs::cli {
namespace {

using spec::BoardSpec;
using transport::BoardInfo;
using Kind = BoardSpec::Kind;
/// Whether a board is opted in.
using OptedIn = std::function<bool(const BoardInfo&)>;

std::string name_of(const BoardInfo& info) {
    return fmt::format("{} ({:04x}:{:04x})", info.path, info.vendor, info.product);
}

bool is_known(const BoardInfo& info) noexcept {
    return mpsse::find_known_board(info.vendor, info.product) != nullptr;
}

bool is_gpio_only(const BoardInfo& info) noexcept {
    const auto* known = mpsse::find_known_board(info.vendor, info.product);
    return known != nullptr && known->gpio_only;
}

bool has_mpsse(const BoardInfo& info) noexcept {
    const auto* chip = mpsse::find_chip_type(info.bcd_device);
    return chip != nullptr && chip->mpsse_interfaces > 0;
}

/// What may be taken without being named.
bool is_usable(const BoardInfo& info) noexcept {
    return is_known(info) && !info.virtual_board && has_mpsse(info);
}

/// Whether the word stands for as many boards as there are.
bool means_many(const BoardSpec& word) noexcept {
    return word.kind == Kind::all || word.kind == Kind::opted_in;
}

/// The word as the user knows it, for messages.
std::string word_text(const BoardSpec& word) {
    std::string text;
    switch (word.kind) {
        case Kind::id:
            text = fmt::format("{:04x}:{:04x}", word.vendor, word.product);
            break;
        case Kind::serial:
            return fmt::format("serial:{}", word.serial.value_or(""));
        case Kind::path:
            return fmt::format("path:{}", word.path.value_or(""));
        case Kind::all:
            text = "all";
            break;
        case Kind::opted_in:
            text = "opted-in";
            break;
        case Kind::simulated:
            return fmt::format("sim:{}", word.simulated.chip);
    }
    if (word.serial) {
        text += fmt::format(",serial={}", *word.serial);
    }
    if (word.path) {
        text += fmt::format(",path={}", *word.path);
    }
    return text;
}

bool is_meant(const BoardSpec& word, const BoardInfo& info, const OptedIn& opted_in) {
    if (info.virtual_board || (word.serial && word.serial != info.serial) ||
        (word.path && word.path != info.path)) {
        return false;
    }
    switch (word.kind) {
        case Kind::id:
            return word.vendor == info.vendor && word.product == info.product;
        case Kind::all:
            return is_usable(info);
        case Kind::opted_in:
            return has_mpsse(info) && opted_in(info);
        case Kind::serial:
        case Kind::path:
            return true;
        case Kind::simulated:
            break;
    }
    return false;
}

/// Whether words[index] means this board; virtual boards are told apart by their count.
bool is_meant(std::span<const BoardSpec> words, std::size_t index, const BoardInfo& info,
              const OptedIn& opted_in) {
    if (words[index].kind != Kind::simulated) {
        return is_meant(words[index], info, opted_in);
    }
    const auto before = words.first(index);
    const auto number = std::count_if(before.begin(), before.end(), [](const BoardSpec& word) {
        return word.kind == Kind::simulated;
    });
    return info.virtual_board && info.path == fmt::format("sim{}", number);
}

std::optional<std::vector<unsigned>> choose_interfaces(const BoardSpec& word, const BoardInfo& info,
                                                       const mpsse::ChipType& chip,
                                                       std::string& error) {
    const unsigned usable = chip.mpsse_interfaces;
    std::vector<unsigned> chosen;
    for (const char letter : word.interfaces) {
        const auto number = static_cast<unsigned>(letter - 'A');
        if (number >= usable) {
            error = fmt::format("{} is an {}, whose interface {} has no MPSSE: use {}",
                                name_of(info), chip.name, letter, usable > 1 ? "A or B" : "A");
            return std::nullopt;
        }
        chosen.push_back(number);
    }
    if (chosen.empty()) {
        const unsigned count = is_gpio_only(info) ? usable : 1U;
        for (unsigned number = 0; number < count; ++number) {
            chosen.push_back(number);
        }
    }
    return chosen;
}

/// How to open a board that a word means, or why it cannot be.
std::optional<Choice> choose(const BoardSpec& word, const BoardInfo& info, std::string& error) {
    if (!is_known(info) && !word.any_identity &&
        (word.kind == Kind::serial || word.kind == Kind::path)) {
        error =
            fmt::format("{} is not a known board: if it is an FTDI MPSSE chip, use {:04x}:{:04x}",
                        name_of(info), info.vendor, info.product);
        return std::nullopt;
    }
    const auto* chip = mpsse::find_chip_type(info.bcd_device);
    if (chip == nullptr) {
        error =
            fmt::format("{} is no chip this program knows (bcdDevice {:04x}): choose another board",
                        name_of(info), info.bcd_device);
        return std::nullopt;
    }
    if (chip->mpsse_interfaces == 0) {
        error = fmt::format("{} is an {}, which has no MPSSE: choose another board", name_of(info),
                            chip->name);
        return std::nullopt;
    }
    if (chip->usb_interfaces != info.interfaces) {
        error = fmt::format(
            "{} has {} USB interface{}, an {} has {}: it is another chip, or an "
            "imitation; choose another board",
            name_of(info), info.interfaces, info.interfaces == 1 ? "" : "s", chip->name,
            chip->usb_interfaces);
        return std::nullopt;
    }
    auto interfaces = choose_interfaces(word, info, *chip, error);
    if (!interfaces) {
        return std::nullopt;
    }
    return Choice{0, 0, chip, std::move(*interfaces)};
}

/// The rule for no BOARD word at all.
std::optional<std::vector<std::size_t>> indexes_without_words(std::span<const BoardInfo> present,
                                                              ChoiceError& error) {
    std::vector<std::size_t> chosen;
    unsigned general = 0;
    for (std::size_t i = 0; i < present.size(); ++i) {
        if (is_usable(present[i])) {
            chosen.push_back(i);
            general += is_gpio_only(present[i]) ? 0U : 1U;
        }
    }
    if (general > 1) {
        error = {"several boards are plugged in: say which one, with a selector of the list", true};
        return std::nullopt;
    }
    return chosen;
}

/// The boards that one word means: at most one, unless it means many.
std::optional<std::vector<std::size_t>> indexes_for_word(std::span<const BoardSpec> words,
                                                         std::size_t index,
                                                         std::span<const BoardInfo> present,
                                                         const OptedIn& opted_in,
                                                         ChoiceError& error) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < present.size(); ++i) {
        if (is_meant(words, index, present[i], opted_in)) {
            chosen.push_back(i);
        }
    }
    if (chosen.size() > 1 && !means_many(words[index])) {
        const auto other = std::stable_partition(
            chosen.begin(), chosen.end(), [&](std::size_t i) { return is_listed(present[i]); });
        // A serial may also be that of something that is no such board at all.
        chosen.erase(other == chosen.begin() ? chosen.end() : other, chosen.end());
    }
    if (chosen.size() > 1 && !means_many(words[index])) {
        error = {fmt::format("several boards are {}: say which one, with a selector of the list",
                             word_text(words[index])),
                 true};
        return std::nullopt;
    }
    return chosen;
}

std::string absent_text(std::span<const BoardSpec> words, std::size_t index) {
    if (words.empty() || words[index].kind == Kind::all) {
        return "no usable board is plugged in: plug one in, or use -o wait or --simulate";
    }
    if (words[index].kind == Kind::opted_in) {
        return "no board that is opted in is plugged in: see --list, or use -o wait";
    }
    return fmt::format("no board {} is plugged in: plug it in, or use -o wait",
                       word_text(words[index]));
}

bool is_taken(const std::vector<Choice>& choices, std::size_t board) noexcept {
    return std::any_of(choices.begin(), choices.end(),
                       [=](const Choice& choice) { return choice.board == board; });
}

}  // namespace

bool may_mean(const BoardSpec& word, std::uint16_t vendor, std::uint16_t product) noexcept {
    return word.any_identity || word.kind == Kind::path || word.kind == Kind::serial ||
           (word.kind == Kind::id && word.vendor == vendor && word.product == product);
}

std::optional<std::vector<Choice>> choose_boards(std::span<const BoardSpec> words,
                                                 std::span<const BoardInfo> present,
                                                 bool may_be_absent, const AskUdev& ask_udev,
                                                 ChoiceError& error) {
    static const BoardSpec no_word;
    const auto opted_in = [&](const BoardInfo& info) {
        return ask_udev(info) == MountsItself::yes;
    };
    const std::size_t rounds = words.empty() ? 1 : words.size();
    std::vector<Choice> choices;
    for (std::size_t index = 0; index < rounds; ++index) {
        const BoardSpec& word = words.empty() ? no_word : words[index];
        const auto chosen = words.empty()
                                ? indexes_without_words(present, error)
                                : indexes_for_word(words, index, present, opted_in, error);
        if (!chosen) {
            return std::nullopt;
        }
        if (chosen->empty() && !may_be_absent) {
            error = {absent_text(words, index), false};
            return std::nullopt;
        }
        for (const std::size_t board : *chosen) {
            if (is_taken(choices, board)) {
                if (means_many(word)) {
                    continue;
                }
                error = {fmt::format("{} is chosen twice, again by {}: give it once",
                                     name_of(present[board]), word_text(word)),
                         false};
                return std::nullopt;
            }
            auto choice = choose(word, present[board], error.text);
            if (!choice) {
                return std::nullopt;
            }
            choice->board = board;
            choice->word = index;
            choices.push_back(std::move(*choice));
        }
    }
    return choices;
}

std::optional<Choice> choose_arrival(std::span<const BoardSpec> words, const BoardInfo& arrived,
                                     std::span<const std::size_t> served, const AskUdev& ask_udev,
                                     std::string& error) {
    const auto opted_in = [&](const BoardInfo& info) {
        const MountsItself answer = ask_udev(info);
        if (answer == MountsItself::unknown_yet) {
            throw_errno(EAGAIN, fmt::format("{}: udev has not come to it", name_of(info)));
        }
        return answer == MountsItself::yes;
    };
    error.clear();
    if (words.empty()) {
        const bool wanted = is_usable(arrived) && (is_gpio_only(arrived) || served.empty());
        return wanted ? choose(BoardSpec{}, arrived, error) : std::nullopt;
    }
    for (std::size_t index = 0; index < words.size(); ++index) {
        const bool is_served = std::find(served.begin(), served.end(), index) != served.end();
        if ((is_served && !means_many(words[index])) ||
            !is_meant(words, index, arrived, opted_in)) {
            continue;
        }
        auto choice = choose(words[index], arrived, error);
        if (choice) {
            choice->word = index;
        }
        return choice;
    }
    return std::nullopt;
}

}  // namespace gpiofs::cli
