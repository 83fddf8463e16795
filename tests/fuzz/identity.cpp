// SPDX-License-Identifier: MIT
// What boards say of themselves, and what is made of it: the table of --list, the words and the
// shell commands it prints, labels and folders. A BOARD word from the table must select its board
// and no other, whatever the boards' serials are.
#include "cli/board_list.h"
#include "cli/board_match.h"
#include "cli/opt_in.h"
#include "daemon/chip_names.h"
#include "fuzz/input.h"
#include "mounting/board_folder.h"
#include "usb/sysfs.h"

#include <fmt/format.h>

#include <array>
#include <climits>
#include <fnmatch.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace gpiofs;
using test::require;

namespace {

class PluggedIn final : public transport::Board {
  public:
    explicit PluggedIn(transport::BoardInfo info) : info_(std::move(info)) {}
    const transport::BoardInfo& info() const noexcept override { return info_; }
    std::string holder(unsigned /*number*/) const override { return "usbfs"; }
    std::unique_ptr<transport::Transport> open(unsigned /*number*/,
                                               const transport::OpenOptions& /*options*/) override {
        return nullptr;
    }

  private:
    const transport::BoardInfo info_;
};

using Boards = std::vector<std::shared_ptr<transport::Board>>;

transport::BoardInfo any_board(test::Input& input, std::size_t index) {
    struct Identity {
        std::uint16_t vendor;
        std::uint16_t product;
    };
    static constexpr std::array<Identity, 5> identities = {
        {{0x0403, 0x6014}, {0x0403, 0x6010}, {0x0403, 0x1234}, {0x0c52, 0xa064}, {0x1d6b, 2}}};
    static constexpr std::array<std::uint16_t, 6> chips = {0x0900, 0x0700, 0x0800,
                                                           0x0500, 0x0600, 0xbeef};
    const Identity& identity = identities[input.byte() % identities.size()];
    transport::BoardInfo info;
    info.path = fmt::format("1-{}", index + 1);
    info.vendor = identity.vendor;
    info.product = identity.product;
    info.bcd_device = chips[input.byte() % chips.size()];
    info.interfaces = input.byte() % 5;
    const auto serial = input.bytes(input.byte());
    if (!serial.empty()) {
        info.serial = usb::printable(test::as_text(serial.data(), serial.size()));
    }
    return info;
}

/// The characters of a text that is UTF-8; it is required to be.
std::u32string characters(std::string_view text) {
    std::u32string result;
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text[0]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        require(text.size() >= size && (size == 1 || first >= 0xc2) && first < 0xf5);
        char32_t code = size == 1 ? first : first & (0x7fU >> size);
        for (const char byte : text.substr(1, size - 1)) {
            require((static_cast<unsigned char>(byte) & 0xc0U) == 0x80);
            code = code << 6U | (static_cast<unsigned char>(byte) & 0x3fU);
        }
        result.push_back(code);
        text.remove_prefix(size);
    }
    return result;
}

/// Nothing that moves a terminal's cursor, or that makes a line of a log two.
void require_harmless(std::string_view text) {
    for (const char32_t code : characters(text)) {
        require(code >= 0x20 && code != 0x7f && (code < 0x80 || code >= 0xa0));
        require(code != 0x2028 && code != 0x2029);  // ends of lines
        require((code < 0x202a || code > 0x202e) && (code < 0x2066 || code > 0x2069));  // turn text
    }
}

/// What a shell makes of one word.
std::string unquoted(std::string_view word) {
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\'') {
            quoted = !quoted;
        } else if (quoted) {
            text += word[i];
        } else if (word[i] == '\\') {
            require(++i < word.size());
            text += word[i];
        } else {
            require(std::string_view(" \t\n\"$`&|;<>()*?[]#~!{}").find(word[i]) ==
                    std::string_view::npos);
            text += word[i];
        }
    }
    require(!quoted);
    return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        require(end != std::string_view::npos);
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// A cell of the table, which begins where its title does.
std::string cell(std::string_view line, std::string_view titles, std::string_view title,
                 std::string_view next_title) {
    const auto begin = titles.find(title);
    const auto size = titles.find(next_title) - begin;
    std::u32string wide = characters(line).substr(begin, size);
    wide.erase(wide.find_last_not_of(U' ') + 1);
    std::string text;
    for (const char32_t code : wide) {
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text +=
                {static_cast<char>(0xc0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3fU))};
        } else if (code < 0x10000) {
            text += {static_cast<char>(0xe0U | code >> 12U),
                     static_cast<char>(0x80U | (code >> 6U & 0x3fU)),
                     static_cast<char>(0x80U | (code & 0x3fU))};
        } else {
            text += {static_cast<char>(0xf0U | code >> 18U),
                     static_cast<char>(0x80U | (code >> 12U & 0x3fU)),
                     static_cast<char>(0x80U | (code >> 6U & 0x3fU)),
                     static_cast<char>(0x80U | (code & 0x3fU))};
        }
    }
    return text;
}

void check_list(const Boards& boards, const std::vector<transport::BoardInfo>& infos) {
    const std::string list =
        cli::format_board_list(boards, [](const auto&) { return "/sys/devices/x"; });
    const auto lines = lines_of(list);
    const auto no_udev = [](const auto&) { return cli::MountsItself::no; };
    std::size_t row = 1;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if (!cli::is_listed(infos[i])) {
            continue;
        }
        require(row < lines.size());
        const auto line = lines[row++];
        require_harmless(line);
        require(cell(line, lines[0], "PATH", "ID") == infos[i].path);
        const std::string word = cell(line, lines[0], "BOARD", "UNIT");
        if (word == "-") {
            continue;
        }
        std::string error;
        const auto spec = spec::parse_board(unquoted(word), error);
        require(spec.has_value());
        cli::ChoiceError wrong;
        const auto chosen = cli::choose_boards({&*spec, 1}, infos, false, no_udev, wrong);
        require(chosen && chosen->size() == 1 && chosen->front().board == i);
    }
    require(row == lines.size());
}

/// What a rule says the serial must be, as udev reads it.
std::optional<std::string> serial_pattern(std::string_view rule) {
    constexpr std::string_view key = "ATTR{serial}==\"";
    const auto begin = rule.find(key);
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    std::string pattern;
    for (rule.remove_prefix(begin + key.size()); rule[0] != '"'; rule.remove_prefix(1)) {
        if (rule.starts_with("\\\"")) {
            rule.remove_prefix(1);
        }
        require(rule.size() > 1 && rule[0] != '|');
        pattern += rule[0];
    }
    return pattern;
}

/// `matches` takes nothing that is but a little different.
template <typename Matches>
void require_no_other(const std::string& serial, Matches matches) {
    require(!matches(serial + "x") && !matches("x" + serial));
    for (std::size_t i = 0; i < serial.size(); ++i) {
        std::string other = serial;
        other[i] = other[i] == 'x' ? 'y' : 'x';
        require(!matches(other));
        require(!matches(std::string(serial).erase(i, 1)));
    }
}

void check_opt_in(const Boards& boards, const std::vector<transport::BoardInfo>& infos) {
    const std::string text =
        cli::format_opt_in(boards, [](const auto&) { return cli::MountsItself::no; });
    for (const auto line : lines_of(text)) {
        require_harmless(line);
        constexpr std::string_view command = "printf '%s\\n' ";
        if (!line.starts_with(command)) {
            continue;
        }
        const auto rest = line.substr(command.size());
        const std::string rule = unquoted(rest.substr(0, rest.rfind(" >>/etc/udev/rules.d/")));
        require(rule.ends_with("ENV{MPSSE_GPIOFS_MOUNT}=\"1\""));
        if (const auto pattern = serial_pattern(rule)) {
            const auto matches = [&](const std::string& serial) {
                return ::fnmatch(pattern->c_str(), serial.c_str(), 0) == 0;
            };
            const auto board = std::find_if(infos.begin(), infos.end(), [&](const auto& info) {
                return info.serial && matches(*info.serial);
            });
            require(board != infos.end());
            require_no_other(*board->serial, matches);
        }
    }
}

void check_names(const transport::BoardInfo& info) {
    const std::string label = daemon::label_of(info, 0, 0);
    require_harmless(label);
    require(label.size() < 4096);  // as sysfs, one page
    const std::string folder = mounting::folder_name(info.serial, info.path);
    require(!folder.empty() && folder.size() <= NAME_MAX && folder[0] != '.');
    require(folder.find('/') == std::string::npos);
    if (info.serial) {
        require(usb::printable(*info.serial) == *info.serial);
        for (const char c : cli::unit_name("/sys/devices/" + *info.serial)) {
            require(::isalnum(static_cast<unsigned char>(c)) != 0 ||
                    std::string_view(":_.\\-@").find(c) != std::string_view::npos);
        }
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    Boards boards;
    std::vector<transport::BoardInfo> infos;
    while (!input.empty() && boards.size() < 4) {
        infos.push_back(any_board(input, boards.size()));
        boards.push_back(std::make_shared<PluggedIn>(infos.back()));
        check_names(infos.back());
    }
    check_list(boards, infos);
    check_opt_in(boards, infos);
    return 0;
}
