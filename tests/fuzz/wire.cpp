// SPDX-License-Identifier: MIT
// The driver's encoder and reply parser against the virtual chip's decoder, which shares no code
// with them: random line operations, their bytes cut into transfers anywhere, and a model of the
// pins so simple that it can be seen to be right.
#include "base/log.h"
#include "fuzz/input.h"
#include "fuzz/usb_host.h"
#include "mpsse/chip_type.h"
#include "mpsse/command.h"
#include "mpsse/reply.h"

#include <array>
#include <string>
#include <vector>

using namespace gpiofs;
using test::require;

namespace {

struct Interface {
    const char* chip;
    unsigned number;
};

constexpr std::array<Interface, 6> interfaces = {{{"FT232H", 0},
                                                  {"FT2232H", 0},
                                                  {"FT2232H", 1},
                                                  {"FT4232H", 0},
                                                  {"FT4232H", 1},
                                                  {"FT2232D", 0}}};

/// What the pins of one interface are, as an electrician would say: any 0 on a pin wins, then any
/// 1, then its pull.
struct Model {
    mpsse::PinMask pulled_up = 0;
    mpsse::PortState chip;
    /// Pins that the outside drives, and to what.
    mpsse::PinMask driven = 0;
    mpsse::PinMask outside = 0;

    mpsse::PinMask levels() const {
        const unsigned high = (chip.outputs & chip.levels) | (driven & outside);
        const unsigned low = (chip.outputs & ~chip.levels) | (driven & ~outside);
        const unsigned alone = static_cast<mpsse::PinMask>(~(chip.outputs | driven));
        return static_cast<mpsse::PinMask>((high | (alone & pulled_up)) & ~low);
    }
};

class Comparison {
  public:
    Comparison(test::Input& input, const sim::BoardConfig& config, const Interface& interface)
        : input_(input),
          number_(interface.number),
          board_(config, "FUZZ", clock_),
          host_(board_, clock_, interface.number),
          parser_(board_.packet_size()) {
        const auto* chip = mpsse::find_chip_type(std::string_view(interface.chip));
        require(chip != nullptr);
        lines_ = chip->lines;
        pins_ = chip->pins();
        banks_ = mpsse::banks_of(pins_);
        model_.pulled_up = static_cast<mpsse::PinMask>(~board_.chip().pulled_down);
        host_.enter_mpsse();
    }

    void run() {
        while (!input_.empty()) {
            step();
            if (commands_.reply_size() > most_replies) {
                exchange();
            }
        }
        exchange();
    }

  private:
    /// Fewer than the smallest chip keeps for a host that does not read.
    static constexpr std::size_t most_replies = 300;

    mpsse::PinMask mask() {
        const unsigned low = input_.byte();
        return static_cast<mpsse::PinMask>(low | static_cast<unsigned>(input_.byte()) << 8U);
    }
    mpsse::Banks some_banks() {
        return static_cast<mpsse::Banks>(input_.byte() & static_cast<unsigned>(banks_));
    }
    void expect_levels(mpsse::Banks banks) {
        const mpsse::PinMask levels = model_.levels();
        if (contains(banks, mpsse::Banks::low)) {
            expected_.push_back(static_cast<std::uint8_t>(levels));
        }
        if (contains(banks, mpsse::Banks::high)) {
            expected_.push_back(static_cast<std::uint8_t>(levels >> 8U));
        }
    }

    void step() {
        switch (input_.byte() % 7) {
            case 0:
                set_pins();
                break;
            case 1:
                get_pins(some_banks());
                break;
            case 2:
                commands_.loopback_off();
                break;
            case 3:
                commands_.send_immediate();
                break;
            case 4: {
                const bool other = (input_.byte() & 1U) != 0;
                commands_.bad_command(other ? mpsse::Opcode::other_bad : mpsse::Opcode::bad);
                expected_.push_back(0xfa);
                expected_.push_back(other ? 0xab : 0xaa);
                break;
            }
            case 5:
                exchange();
                drive();
                break;
            default:
                exchange();
        }
    }

    void get_pins(mpsse::Banks banks) {
        commands_.get_pins(banks);
        reads_.push_back({banks, model_.levels(), expected_.size()});
        expect_levels(banks);
    }

    void set_pins() {
        const mpsse::PortState wanted{mask(), mask()};
        const auto banks = some_banks();
        commands_.set_pins(wanted, banks);
        const unsigned set = mpsse::pins_of(banks);
        model_.chip.levels =
            static_cast<mpsse::PinMask>((model_.chip.levels & ~set) | (wanted.levels & set));
        model_.chip.outputs =
            static_cast<mpsse::PinMask>((model_.chip.outputs & ~set) | (wanted.outputs & set));
    }

    /// The outside world drives a pin, or lets it go.
    void drive() {
        static constexpr std::array drives = {sim::Drive::low, sim::Drive::high, sim::Drive::z};
        const unsigned pin = input_.byte() % lines_;
        const auto drive = drives[input_.byte() % drives.size()];
        board_.set_drive({number_, pin}, drive);
        const unsigned bit = 1U << pin;
        const auto put = [bit](mpsse::PinMask& mask, bool on) {
            mask = static_cast<mpsse::PinMask>(on ? mask | bit : mask & ~bit);
        };
        put(model_.driven, drive != sim::Drive::z);
        put(model_.outside, drive == sim::Drive::high);
    }

    /// Sends what was encoded, in transfers of any lengths, reads what comes back in transfers of
    /// any lengths, and compares.
    void exchange() {
        // The engine takes its time: what came before its last reply has been done.
        get_pins(banks_);
        commands_.send_immediate();
        auto rest = commands_.bytes();
        while (!rest.empty()) {
            const std::size_t length = std::min<std::size_t>(1 + input_.byte() % 64, rest.size());
            require(host_.write(rest.first(length)));
            rest = rest.subspan(length);
            if (input_.byte() % 8 == 0) {
                parser_.feed(host_.read());
            }
        }
        require(commands_.reply_size() == expected_.size());
        for (int silent = 0; parser_.payload().size() < expected_.size() && silent < 3;) {
            silent = parser_.feed(host_.read(1 + input_.byte() % 3)) == 0 ? silent + 1 : 0;
        }
        compare();
        parser_.clear();
        commands_.clear();
        expected_.clear();
        reads_.clear();
    }

    void compare() const {
        const auto payload = parser_.payload();
        require(payload.size() == expected_.size());
        // Lines a chip does not have may read as anything.
        std::vector<std::uint8_t> known(payload.begin(), payload.end());
        for (const Read& read : reads_) {
            const std::size_t count = (contains(read.banks, mpsse::Banks::low) ? 1U : 0U) +
                                      (contains(read.banks, mpsse::Banks::high) ? 1U : 0U);
            const unsigned lines = pins_ & mpsse::pins_of(read.banks);
            const auto levels =
                mpsse::levels_from_reply(payload.subspan(read.at, count), read.banks);
            require((levels & lines) == (read.levels & lines));
            std::copy_n(expected_.begin() + static_cast<std::ptrdiff_t>(read.at), count,
                        known.begin() + static_cast<std::ptrdiff_t>(read.at));
        }
        require(known == expected_);
        for (unsigned pin = 0; pin < lines_; ++pin) {
            require(board_.level({number_, pin}) == ((model_.levels() >> pin & 1) != 0));
        }
    }

    /// A GET, the levels there were, and where its reply begins.
    struct Read {
        mpsse::Banks banks;
        mpsse::PinMask levels;
        std::size_t at;
    };

    test::Input& input_;
    const unsigned number_;
    test::ManualClock clock_;
    mutable sim::VirtualBoard board_;
    test::UsbHost host_;
    mpsse::ReplyParser parser_;
    unsigned lines_ = 0;
    mpsse::PinMask pins_ = 0;
    mpsse::Banks banks_ = mpsse::Banks::none;
    Model model_;
    mpsse::CommandBuffer commands_;
    std::vector<std::uint8_t> expected_;
    std::vector<Read> reads_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    log::set_level(log::Level::error);
    test::Input input(data, size);
    const Interface& interface = interfaces[input.byte() % interfaces.size()];
    static constexpr std::array speeds = {sim::UsbSpeed::instant, sim::UsbSpeed::full,
                                          sim::UsbSpeed::high};
    const bool high_speed = std::string_view(interface.chip) != "FT2232D";
    sim::BoardConfig config;
    config.chip = interface.chip;
    config.usb = speeds[input.byte() % (high_speed ? 3 : 2)];
    Comparison(input, config, interface).run();
    return 0;
}
