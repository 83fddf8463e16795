// SPDX-License-Identifier: MIT
// What is written to the attributes of a board, a chip and a line, through the tree and to the pins
// of a virtual chip, beside a model: the errno of each write, and what the files say after it.
// Every step is a file, the length of a text, and the text.
#include "base/clock.h"
#include "base/log.h"
#include "fs/attribute_file.h"
#include "fs/attributes.h"
#include "fuzz/input.h"
#include "fuzz/kernel_numbers.h"
#include "gpio/registry.h"
#include "sim/bench.h"
#include "support/manual_clock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Stands for libfuse's: a request is what it was answered with.
struct fuse_req {
    int answers = 0;
    int error = 0;
    std::size_t written = 0;
    std::string text;
};

extern "C" {
int fuse_reply_err(fuse_req_t request, int error) {
    ++request->answers;
    request->error = error;
    return 0;
}
int fuse_reply_write(fuse_req_t request, size_t count) {
    ++request->answers;
    request->written = count;
    return 0;
}
int fuse_reply_buf(fuse_req_t request, const char* text, size_t size) {
    ++request->answers;
    request->text.assign(text, size);
    return 0;
}
}

using namespace gpiofs;
using test::kernel_int;
using test::kernel_uint;
using test::require;

namespace {

constexpr unsigned first_number = gpio::dynamic_base;

class NobodySamples final : public gpio::ChipObserver {
  public:
    void work_changed(const std::shared_ptr<gpio::Chip>& /*chip*/) noexcept override {}
    void need_worker(const std::shared_ptr<gpio::Chip>& /*chip*/) override {}
    void board_lost(const gpio::ChipInfo& /*chip*/) noexcept override { require(false); }
};

/// The first interface of a virtual board, in a tree.
class Board {
  public:
    explicit Board(const char* name) {
        sim::BoardConfig config;
        config.chip = name;
        bench_.add(config);
        const auto* type = mpsse::find_chip_type(std::string_view(name));
        gpio::ChipInfo info;
        info.id = registry.next_id();
        info.base = first_number;
        info.lines = type->lines;
        info.label = "label";
        info.board_path = "sim0";
        info.limits = {type->pins(), type->pins(), type->pins()};
        auto engine = std::make_unique<gpio::Engine>(bench_.boards().front()->open(0, {}), "sim0",
                                                     mpsse::banks_of(type->pins()), clock_);
        engine->start(clock_.now() + std::chrono::seconds(1));
        chip_ = std::make_shared<gpio::Chip>(std::move(info), std::move(engine), clock_,
                                             std::chrono::milliseconds(1), nobody_);
        registry.add(chip_);
    }
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;
    ~Board() { chip_->kill(); }

    unsigned lines() const { return chip_->info().lines; }
    bool level(unsigned line) { return bench_.board(0).level({0, line}); }
    void drive(unsigned line, sim::Drive drive) { bench_.board(0).set_drive({0, line}, drive); }

    gpio::Registry registry;

  private:
    test::ManualClock clock_;
    NobodySamples nobody_;
    sim::Bench bench_{clock_};
    std::shared_ptr<gpio::Chip> chip_;

  public:
    fs::Tree tree{{registry, nullptr, clock_, std::chrono::seconds(1), ".."}};
};

std::shared_ptr<fs::AttributeFile> open(const Board& board, const fs::Node& node) {
    return std::make_shared<fs::AttributeFile>(board.tree.services(), node,
                                               board.tree.events(node));
}

/// 0, or the errno with which the write was refused.
int write(const Board& board, const fs::Node& node, std::string_view text) {
    fuse_req request;
    {
        fs::Reply reply(&request);
        open(board, node)->write(reply, text);
    }
    require(request.answers == 1);
    require(request.error != 0 || request.written == text.size());
    return request.error;
}

std::string read(const Board& board, const fs::Node& node) {
    fuse_req request;
    {
        fs::Reply reply(&request);
        open(board, node)->read(reply, {4096, 0});
    }
    require(request.answers == 1 && request.error == 0);
    return request.text;
}

/// All files of the tree that have both a name and an effect, by their paths.
std::map<std::string, fs::Node> files_of(const Board& board) {
    std::map<std::string, fs::Node> files;
    std::vector<std::pair<std::string, fs::NodeId>> folders = {{"", {}}};
    while (!folders.empty()) {
        const std::string path = folders.back().first;
        const auto folder = board.tree.find(folders.back().second);
        folders.pop_back();
        require(folder.has_value());
        board.tree.list(*folder, [&](const std::string& name, const fs::NodeId& entry) {
            if (entry.is_folder()) {
                folders.emplace_back(path + name + "/", entry);
                return;
            }
            const auto file = board.tree.find(entry);
            require(file.has_value());
            if (file->attribute->show != nullptr || file->attribute->store != nullptr) {
                files.emplace(path + name, *file);
            }
        });
    }
    return files;
}

bool is(std::string_view text, std::string_view word) {
    return text == word || text == std::string(word) + "\n";
}

/// What one export of a line has been set to.
struct Line {
    std::string edge = "none";
    bool active_low = false;
};

/// ACTION [UUID [KEY=VALUE ...]], as the kernel takes it.
bool is_uevent(std::string_view text) {
    std::string rest(text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)));
    // The kernel's letters include those of Latin-1.
    std::replace_if(
        rest.begin(), rest.end(),
        [](char c) { return c < 0 && c >= '\xc0' && c != '\xd7' && c != '\xf7'; }, 'x');
    const auto take = [&rest](std::size_t size) {
        const std::string taken = rest.substr(0, size);
        rest.erase(0, size);
        return taken;
    };
    const std::string action = take(rest.find(' '));
    const std::string actions = " add remove change bind offline online move unbind ";
    if (action.empty() || actions.find(' ' + action + ' ') == std::string::npos) {
        return false;
    }
    if (rest.empty()) {
        return true;
    }
    const std::string hexadecimal = "0123456789abcdefABCDEF";
    take(1);
    for (const std::size_t digits : {8U, 4U, 4U, 4U, 12U}) {
        const std::string part = take(digits);
        if (part.size() != digits || part.find_first_not_of(hexadecimal) != std::string::npos ||
            (digits != 12 && take(1) != "-")) {
            return false;
        }
    }
    const std::string letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    while (!rest.empty()) {
        const bool spaced = take(1) == " ";
        const std::string key = take(rest.find_first_not_of(letters));
        const bool equals = take(1) == "=";
        const std::string value = take(rest.find_first_not_of(letters));
        if (!spaced || key.empty() || !equals || value.empty()) {
            return false;
        }
    }
    return true;
}

/// The tree as it should be.
class Model {
  public:
    explicit Model(Board& board) : board_(board) {}

    /// What a write should be answered with; the model changes as the tree should.
    int write(const fs::Node& file, std::string_view text) {
        const std::string_view name = file.attribute->name;
        if (name == "uevent") {
            return is_uevent(text) ? 0 : EINVAL;
        }
        if (name == "export" || name == "unexport") {
            return port(file, text, name == "export");
        }
        if (name == "sample_interval_us") {
            const auto interval = kernel_uint(text);
            interval_ = interval.error == 0 ? std::to_string(interval.value) : interval_;
            return interval.error;
        }
        require(file.line != nullptr);
        return set(file.line->offset(), name, text);
    }

    /// Whether a file, if it can be read, says what it should.
    void check(const fs::Node& file) {
        if (file.attribute->show == nullptr) {
            return;
        }
        const std::string text = read(board_, file);
        require(text.empty() || text.back() == '\n');
        if (file.attribute->name == "sample_interval_us") {
            require(text == interval_ + "\n");
        }
        if (file.line != nullptr) {
            const unsigned offset = file.line->offset();
            check(offset, lines_.at(offset), file.attribute->name, text);
        }
    }

    /// Whether all files do, and there are no others.
    void check_all(const std::map<std::string, fs::Node>& files) {
        std::size_t values = 0;
        for (const auto& [path, file] : files) {
            check(file);
            values += file.attribute->name == "value" ? 1U : 0U;
        }
        require(values == 2 * lines_.size());  // in both layouts
        for (unsigned offset = 0; offset < board_.lines(); ++offset) {
            if ((outputs_ >> offset & 1U) != 0 && (driven_ >> offset & 1U) == 0) {
                require(board_.level(offset) == ((levels_ >> offset & 1U) != 0));
            }
        }
    }

    void drive(unsigned offset, sim::Drive drive) {
        const unsigned bit = 1U << offset;
        driven_ = drive == sim::Drive::z ? driven_ & ~bit : driven_ | bit;
        board_.drive(offset, drive);
    }

  private:
    int port(const fs::Node& file, std::string_view text, bool exporting) {
        std::int64_t offset = 0;
        if (file.chip != nullptr) {
            const auto number = kernel_uint(text);
            if (number.error != 0) {
                return number.error;
            }
            offset = number.value;
        } else {
            const auto number = kernel_int(text);
            if (number.error != 0) {
                return number.error;
            }
            if (number.value < first_number) {
                return EINVAL;
            }
            offset = number.value - first_number;
        }
        if (offset >= board_.lines()) {
            return EINVAL;
        }
        const auto line = static_cast<unsigned>(offset);
        if (exporting) {
            return lines_.emplace(line, Line{}).second ? 0 : EBUSY;
        }
        return lines_.erase(line) == 1 ? 0 : EINVAL;
    }

    int set(unsigned offset, std::string_view name, std::string_view text) {
        Line& line = lines_.at(offset);
        const unsigned bit = 1U << offset;
        const auto put = [bit](unsigned& mask, bool on) { mask = on ? mask | bit : mask & ~bit; };
        if (name == "direction") {
            const bool high = is(text, "high");
            const bool out = high || is(text, "low") || is(text, "out");
            if (!out && !is(text, "in")) {
                return EINVAL;
            }
            put(outputs_, out);
            put(levels_, out ? high : (levels_ & bit) != 0);
            return 0;
        }
        if (name == "edge") {
            for (const char* word : {"none", "rising", "falling", "both"}) {
                if (is(text, word)) {
                    return arm(line, word, (outputs_ & bit) != 0);
                }
            }
            return EINVAL;
        }
        const auto number = kernel_int(text);
        if (number.error != 0) {
            return number.error;
        }
        if (name == "active_low") {
            line.active_low = number.value != 0;
            return 0;
        }
        require(name == "value");
        if ((outputs_ & bit) == 0) {
            return EPERM;
        }
        put(levels_, (number.value != 0) != line.active_low);
        return 0;
    }

    static int arm(Line& line, const std::string& word, bool output) {
        if (word == line.edge) {
            return 0;
        }
        const bool refused = output && word != "none";
        line.edge = refused ? "none" : word;
        return refused ? EIO : 0;
    }

    void check(unsigned offset, const Line& line, std::string_view name, const std::string& text) {
        if (name == "direction") {
            require(text == ((outputs_ >> offset & 1U) != 0 ? "out\n" : "in\n"));
        } else if (name == "edge") {
            require(text == line.edge + "\n");
        } else if (name == "active_low") {
            require(text == (line.active_low ? "1\n" : "0\n"));
        } else if (name == "value") {
            require(text == (board_.level(offset) != line.active_low ? "1\n" : "0\n"));
        }
    }

    Board& board_;
    std::string interval_ = "1000";
    std::map<unsigned, Line> lines_;
    unsigned outputs_ = 0;
    unsigned levels_ = 0;
    unsigned driven_ = 0;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    log::set_level(log::Level::error);
    static constexpr std::array chips = {"FT232H", "FT4232H", "FT2232D"};
    static constexpr std::array drives = {sim::Drive::low, sim::Drive::high, sim::Drive::z};
    test::Input input(data, size);
    Board board(chips[input.byte() % chips.size()]);
    Model model(board);
    while (!input.empty()) {
        const unsigned choice = input.byte();
        if (choice == 255) {
            const unsigned line = input.byte() % board.lines();
            model.drive(line, drives[input.byte() % drives.size()]);
            continue;
        }
        const auto files = files_of(board);
        const auto& file =
            std::next(files.begin(), choice % static_cast<long>(files.size()))->second;
        const auto bytes = input.bytes(input.byte() % 32);
        if (file.attribute->store != nullptr) {
            const auto text = test::as_text(bytes.data(), bytes.size());
            const std::string_view seen = text.substr(0, text.find('\0'));
            const int expected = model.write(file, seen);
            require(write(board, file, text) == expected);
        }
        model.check(file);
    }
    model.check_all(files_of(board));
    return 0;
}
