// SPDX-License-Identifier: MIT
#include "spec/board_spec.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace gpiofs::spec;

namespace {

BoardSpec parsed(std::string_view text) {
    std::string error;
    const auto spec = parse_board(text, error);
    CAPTURE(text);
    CAPTURE(error);
    REQUIRE(spec.has_value());
    return *spec;
}

std::string error_of(std::string_view text) {
    std::string error;
    CAPTURE(text);
    CHECK_FALSE(parse_board(text, error).has_value());
    CHECK(error.find('\n') == std::string::npos);
    return error;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("each kind of BOARD word") {
    const auto id = parsed("0403:6014");
    CHECK(id.kind == BoardSpec::Kind::id);
    CHECK(id.vendor == 0x0403);
    CHECK(id.product == 0x6014);
    CHECK(parsed("15BA:002b").product == 0x002b);
    CHECK(parsed("all").kind == BoardSpec::Kind::all);
    CHECK(parsed("opted-in").kind == BoardSpec::Kind::opted_in);
    CHECK(parsed("opted-in").any_identity);

    const auto path = parsed("path:3-1.4.2");
    CHECK_FALSE(path.any_identity);
    const auto place = parsed("path:/sys/devices/pci0000:00/0000:00:14.0/usb3/3-1/3-1.4/3-1.4.2");
    CHECK(place.path == "3-1.4.2");
    CHECK(place.any_identity);
    CHECK(path.kind == BoardSpec::Kind::path);
    CHECK(path.path == "3-1.4.2");
    CHECK(path.interfaces.empty());
    CHECK_FALSE(path.base.has_value());
    CHECK_FALSE(path.sample_interval_us.has_value());
}

TEST_CASE("a serial may hold anything but a comma") {
    CHECK(parsed("serial:FT 12/3-4:x=y").serial == "FT 12/3-4:x=y");
    CHECK(parsed("0403:6014,serial=A B=C").serial == "A B=C");
}

TEST_CASE("keys of a real board") {
    const auto spec = parsed("all,serial=S1,path=1-1,base=100,interface=AB,sample_interval_us=250");
    CHECK(spec.serial == "S1");
    CHECK(spec.path == "1-1");
    CHECK(spec.base == 100U);
    CHECK(spec.interfaces == "AB");
    CHECK(spec.sample_interval_us == 250U);
}

TEST_CASE("a virtual board takes its own keys and the common ones") {
    const auto spec = parsed(
        "sim:FT4232H,id=0403:6988,serial=X,usb=hs,engine_ns=500,base=0,interface=B,"
        "sample_interval_us=1");
    CHECK(spec.kind == BoardSpec::Kind::simulated);
    CHECK(spec.simulated.chip == "FT4232H");
    CHECK(spec.simulated.vendor == 0x0403);
    CHECK(spec.simulated.product == 0x6988);
    CHECK(spec.simulated.serial == "X");
    CHECK(spec.simulated.usb == gpiofs::sim::UsbSpeed::high);
    CHECK(spec.simulated.engine_ns == 500U);
    CHECK(spec.base == 0U);
    CHECK(spec.interfaces == "B");
    CHECK(spec.sample_interval_us == 1U);
    CHECK_FALSE(spec.serial.has_value());
}

TEST_CASE("the times of a virtual board are settable, each by a key with its unit") {
    const auto config =
        parsed(
            "sim:FT232H,usb=fs,engine_ns=6500,submit_us=1,frame_us=0,packet_ns=2,complete_us=3,"
            "control_us=1000000")
            .simulated;
    CHECK(config.engine_ns == 6500U);
    CHECK(config.submit_us == 1U);
    CHECK(config.frame_us == 0U);
    CHECK(config.packet_ns == 2U);
    CHECK(config.complete_us == 3U);
    CHECK(config.control_us == 1'000'000U);

    const auto unset = parsed("sim:FT232H,usb=hs").simulated;
    for (const auto& time : {unset.engine_ns, unset.submit_us, unset.frame_us, unset.packet_ns,
                             unset.complete_us, unset.control_us}) {
        CHECK_FALSE(time.has_value());
    }
    for (const std::string key : {"submit_us", "frame_us", "complete_us", "control_us"}) {
        CHECK(contains(error_of("sim:FT232H," + key + "=1000001"), key + " '1000001'"));
        CHECK(contains(error_of("sim:FT232H," + key + "="), key));
        CHECK(contains(error_of("0403:6014," + key + "=1"), "'" + key + "'"));
    }
    CHECK(contains(error_of("sim:FT232H,packet_ns=1000000001"), "from 0 to 1000000000"));
    CHECK(contains(error_of("sim:FT232H,packet_ns=1.5"), "'1.5'"));
}

TEST_CASE("a virtual board may have no serial") {
    CHECK_FALSE(parsed("sim:FT232H").simulated.serial.has_value());
    CHECK(parsed("sim:FT232H,serial=").simulated.serial == "");
}

TEST_CASE("mpsse-sim takes the words after sim: and none of the mount's keys") {
    std::string error;
    const auto spec = parse_virtual_board("FT2232D,usb=fs", error);
    REQUIRE(spec.has_value());
    CHECK(spec->chip == "FT2232D");
    CHECK(spec->usb == gpiofs::sim::UsbSpeed::full);
    CHECK_FALSE(spec->vendor.has_value());
    CHECK_FALSE(parse_virtual_board("FT232H,base=5", error).has_value());
    CHECK(contains(error, "'base'"));
    CHECK_FALSE(parse_virtual_board("", error).has_value());
}

TEST_CASE("errors name the bad part") {
    CHECK(contains(error_of(""), "''"));
    CHECK(contains(error_of("usb0"), "'usb0'"));
    CHECK(contains(error_of("0403:601"), "'0403:601'"));
    CHECK(contains(error_of("0403:60zz"), "'0403:60zz'"));
    CHECK(contains(error_of("0x403:6014"), "'0x403:6014'"));
    CHECK(contains(error_of("ALL"), "'ALL'"));
    CHECK(contains(error_of("serial:"), "empty"));
    CHECK(contains(error_of("all,serial="), "empty"));
    CHECK(contains(error_of("all,colour=red"), "'colour'"));
    CHECK(contains(error_of("all,base"), "'base' is not key=value"));
    CHECK(contains(error_of("all,"), "'' is not key=value"));
    CHECK(contains(error_of("all,base=1,base=2"), "'base' is given twice"));
    CHECK(contains(error_of("serial:S,serial=T"), "'serial' is given twice"));
    CHECK(contains(error_of("path:1-1,path=1-2"), "'path' is given twice"));
}

TEST_CASE("bad values") {
    for (const auto* path :
         {"path:/sys/", "path:/sys/devices/usb1", "path:/dev/1-1", "path:", "path:1", "path:1-",
          "path:-1", "path:1-1.", "path:1-1..2", "path:a-1", "path:1-1:1.0"}) {
        CHECK(contains(error_of(path), "path"));
    }
    for (const auto* letters : {"", "a", "C", "AC", "E", "BA", "AA", "A,B", "A B"}) {
        CHECK_FALSE(error_of(std::string("all,interface=") + letters).empty());
    }
    CHECK(contains(error_of("all,sample_interval_us=-1"), "streaming"));
    CHECK(contains(error_of("all,sample_interval_us=4294967296"), "4294967296"));
    CHECK(contains(error_of("sim:FT232H,usb=ss"), "'ss'"));
    CHECK(contains(error_of("sim:FT999"), "unknown chip 'FT999': one of FT232H"));
    CHECK(contains(error_of("sim:FT2232D,usb=hs"), "FT2232D has no high-speed USB"));
    CHECK(contains(error_of("sim:ft2232d,interface=AB"), "FT2232D's interface B has no MPSSE"));
    CHECK(contains(error_of("sim:FT232H,id=0403"), "'0403'"));
    CHECK(contains(error_of("sim:FT232H,engine_ns=-1"), "'-1'"));
    CHECK(contains(error_of("sim:FT232H,path=1-1"), "'path'"));
    CHECK(contains(error_of("0403:6014,usb=hs"), "'usb'"));
    CHECK(contains(error_of("sim:"), "''"));
}

TEST_CASE("a base leaves room for the lines of a board") {
    CHECK(parsed("all,base=2147483616").base == 2147483616U);
    CHECK(contains(error_of("all,base=2147483617"), "2147483617"));
    CHECK(contains(error_of("all,base=-1"), "-1"));
    CHECK(contains(error_of("all,base=0x10"), "0x10"));
    CHECK(contains(error_of("all,base="), "base ''"));
}
