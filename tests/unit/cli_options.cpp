// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

using namespace gpiofs;
using cli::Options;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

using Arguments = std::vector<const char*>;

Options parsed(const Arguments& arguments) {
    auto result = cli::parse_options(arguments);
    if (const auto* error = std::get_if<cli::UsageError>(&result)) {
        FAIL(error->text);
    }
    return std::get<Options>(std::move(result));
}

std::string error_of(const Arguments& arguments) {
    const auto result = cli::parse_options(arguments);
    REQUIRE(std::holds_alternative<cli::UsageError>(result));
    const std::string& text = std::get<cli::UsageError>(result).text;
    CHECK(text.find('\n') == std::string::npos);
    return text;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a mount point alone leaves every default") {
    const auto options = parsed({"/mnt"});
    CHECK(options.intent == Options::Intent::run);
    CHECK(options.mount_point == "/mnt");
    CHECK(options.source.empty());
    CHECK(options.boards.empty());
    CHECK_FALSE(options.foreground);
    CHECK_FALSE(options.base.has_value());
    CHECK(options.sample_interval == milliseconds{1});
    CHECK(options.timeout == milliseconds{1000});
    CHECK(options.on_exit == cli::OnExit::automatic);
    CHECK(options.detach == transport::Detach::serial);
    CHECK(options.umask == 022);
    CHECK_FALSE(options.allow_other);
}

TEST_CASE("the first of two arguments is the board") {
    const auto options = parsed({"--board", "all", "serial:A B,base=7", "/mnt"});
    REQUIRE(options.boards.size() == 2);
    CHECK(options.boards[0].serial == "A B");
    CHECK(options.boards[0].base == 7U);
    CHECK(options.boards[1].kind == spec::BoardSpec::Kind::all);
    CHECK(options.source == "serial:A B,base=7");
    CHECK(options.mount_point == "/mnt");
}

TEST_CASE("options may stand anywhere, joined or apart") {
    const auto options = parsed({"/mnt", "-fs", "-obase=9,wait", "-o", "timeout_ms=20"});
    CHECK(options.foreground);
    CHECK(options.single_threaded);
    CHECK_FALSE(options.debug);
    CHECK(options.base == 9U);
    CHECK(options.wait);
    CHECK(options.timeout == milliseconds{20});
    CHECK(parsed({"-d", "/mnt"}).foreground);
    CHECK(parsed({"--", "-f"}).mount_point == "-f");
}

TEST_CASE("--simulate is --board with sim: in front") {
    const auto options = parsed({"--simulate", "FT232H,usb=hs", "--board=sim:FT2232H", "/mnt"});
    REQUIRE(options.boards.size() == 2);
    CHECK(options.boards[0].kind == spec::BoardSpec::Kind::simulated);
    CHECK(options.boards[0].simulated.chip == "FT232H");
    CHECK(options.boards[1].simulated.chip == "FT2232H");
}

TEST_CASE("every mount option reaches its value") {
    const auto options = parsed(
        {"-o",
         "sample_interval_us=250,exit_on_unplug,leave_held,nonempty,on_exit=reset,detach=any,"
         "uid=12,gid=34,umask=077,allow_other",
         "/mnt"});
    CHECK(options.sample_interval == microseconds{250});
    CHECK(options.exit_on_unplug);
    CHECK(options.leave_held);
    CHECK(options.nonempty);
    CHECK(options.on_exit == cli::OnExit::reset);
    CHECK(options.detach == transport::Detach::any);
    CHECK(options.uid == 12U);
    CHECK(options.gid == 34U);
    CHECK(options.umask == 077);
    CHECK(options.allow_other);
    CHECK(parsed({"-oon_exit=keep,detach=none", "/mnt"}).on_exit == cli::OnExit::keep);
    CHECK(parsed({"-odetach=none", "/mnt"}).detach == transport::Detach::none);
    CHECK(parsed({"-odetach=sio", "/mnt"}).detach == transport::Detach::serial);
    CHECK_FALSE(parsed({"-odetach=any", "/mnt"}).take_open_tty);
    CHECK(parsed({"-odetach=open", "/mnt"}).take_open_tty);
    CHECK(parsed({"-odetach=open", "/mnt"}).detach == transport::Detach::serial);
}

TEST_CASE("users and groups may be named") {
    const auto options = parsed({"-o", "uid=root,gid=root", "/mnt"});
    CHECK(options.uid == 0U);
    CHECK(options.gid == 0U);
    CHECK(contains(error_of({"-o", "uid=no such user", "/mnt"}), "no such user"));
    CHECK(contains(error_of({"-o", "gid=no such group", "/mnt"}), "no such group"));
    CHECK(contains(error_of({"-o", "uid=4294967295", "/mnt"}), "4294967295"));
}

TEST_CASE("what mount(8) and fstab(5) add is passed on or dropped") {
    const auto options =
        parsed({"sim:FT232H", "/mnt", "-o",
                "rw,nodev,nosuid,noexec,noatime,fsname=a b,auto,nofail,_netdev,user=joe,users,"
                "x-systemd.automount,X-mount.mkdir,comment=hi,default_permissions,defaults,"
                "relatime,norelatime,strictatime,nostrictatime,diratime,nodiratime,lazytime,"
                "nolazytime,silent,loud"});
    CHECK(options.mount_options ==
          std::vector<std::string>{"rw", "nodev", "nosuid", "noexec", "noatime", "fsname=a b"});
    CHECK(parsed({"-o", "noatime,atime", "/mnt"}).mount_options.empty());
    CHECK(options.default_permissions);
    CHECK_FALSE(parsed({"/mnt"}).default_permissions);
    CHECK(contains(error_of({"-o", "ro", "/mnt"}), "'ro'"));
    CHECK(contains(error_of({"-o", "remount,noexec", "/mnt"}), "'remount'"));
    CHECK(contains(error_of({"-o", "rw,user_id=0,remount", "/mnt"}), "'remount'"));
    CHECK(contains(error_of({"-o", "allow_root", "/mnt"}), "allow_other"));
    CHECK(contains(error_of({"-o", "nodevice", "/mnt"}), "'nodevice'"));
    CHECK(contains(error_of({"-o", "fsname", "/mnt"}), "'fsname'"));
}

TEST_CASE("help and version win over what follows") {
    CHECK(parsed({"-h", "--nonsense"}).intent == Options::Intent::help);
    CHECK(parsed({"--help"}).intent == Options::Intent::help);
    CHECK(parsed({"-V"}).intent == Options::Intent::version);
    CHECK(parsed({"--version", "a", "b", "c"}).intent == Options::Intent::version);
}

TEST_CASE("--mount-below takes the place of the mount point") {
    const auto options = parsed({"-f", "path:1-1", "--mount-below", "/run/gpio"});
    CHECK(options.mount_below == "/run/gpio");
    CHECK(options.mount_point.empty());
    REQUIRE(options.boards.size() == 1);
    CHECK(options.source == "path:1-1");
    CHECK(parsed({"--mount-below=/run/gpio"}).boards.empty());
}

TEST_CASE("--list needs no mount point and takes none") {
    CHECK(parsed({"--list"}).intent == Options::Intent::list);
    CHECK(parsed({"--list", "--simulate", "FT232H"}).boards.size() == 1);
    CHECK(contains(error_of({"--list", "/mnt"}), "'/mnt'"));
}

TEST_CASE("--check takes a board, two pins of one interface, and no mount point") {
    const auto plain = parsed({"--check", "serial:X"});
    CHECK(plain.intent == Options::Intent::check);
    CHECK(plain.boards.size() == 1);
    CHECK_FALSE(plain.wire);
    CHECK_FALSE(plain.yes);
    CHECK(parsed({"--check"}).boards.empty());
    const auto wired = parsed({"--check", "--wire", "adbus4,ACBUS5", "--yes", "all"});
    REQUIRE(wired.wire);
    CHECK(wired.wire->from == mpsse::NamedPin{0, 4});
    CHECK(wired.wire->to == mpsse::NamedPin{0, 13});
    CHECK(wired.yes);
    CHECK(contains(error_of({"--check", "/mnt"}), "takes no MOUNTPOINT"));
    CHECK(contains(error_of({"--check", "all", "/mnt"}), "'/mnt'"));
    CHECK(contains(error_of({"--check", "-o", "wait"}), "wait"));
    CHECK(contains(error_of({"--check", "--at-sysfs"}), "--at-sysfs"));
    CHECK(contains(error_of({"--check", "--yes"}), "--wire"));
    CHECK(contains(error_of({"--yes", "/mnt"}), "--check"));
    CHECK(contains(error_of({"--wire", "ADBUS0,ADBUS1", "/mnt"}), "--check"));
    for (const char* wire : {"ADBUS0", "ADBUS0,ADBUS0", "ADBUS0,BDBUS1", "ADBUS0,ADBUS8", ","}) {
        CAPTURE(wire);
        CHECK(contains(error_of({"--check", "--wire", wire}), "--wire: '"));
    }
}

TEST_CASE("usage errors name the option and what to do") {
    CHECK(contains(error_of({}), "MOUNTPOINT"));
    CHECK(contains(error_of({""}), "MOUNTPOINT"));
    CHECK(contains(error_of({"all", "/mnt", "more"}), "'more'"));
    CHECK(contains(error_of({"nonsense", "/mnt"}), "'nonsense'"));
    CHECK(contains(error_of({"-x", "/mnt"}), "'-x'"));
    CHECK(contains(error_of({"-fx", "/mnt"}), "'-x'"));
    CHECK(contains(error_of({"--bored=all", "/mnt"}), "'--bored'"));
    CHECK(contains(error_of({"--f", "/mnt"}), "'--f'"));
    CHECK(contains(error_of({"--list=1"}), "--list takes no value"));
    CHECK(contains(error_of({"/mnt", "-o"}), "-o needs a value"));
    CHECK(contains(error_of({"/mnt", "--board"}), "--board needs a value"));
    CHECK(contains(error_of({"--board", "usb0", "/mnt"}), "--board: 'usb0'"));
    CHECK(contains(error_of({"--simulate", "", "/mnt"}), "--simulate: ''"));
}

TEST_CASE("bad values of mount options") {
    CHECK(contains(error_of({"-o", "base", "/mnt"}), "base=N"));
    CHECK(contains(error_of({"-o", "wait=1", "/mnt"}), "'wait' takes no value"));
    CHECK(contains(error_of({"-o", "base=x", "/mnt"}), "base 'x'"));
    CHECK(contains(error_of({"-o", "timeout_ms=0", "/mnt"}), "timeout_ms: '0'"));
    CHECK(contains(error_of({"-o", "timeout_ms=1s", "/mnt"}), "'1s'"));
    CHECK(contains(error_of({"-o", "timeout_ms=60001", "/mnt"}),
                   "'60001' is not a number from 1 to 60000"));
    CHECK(contains(error_of({"-o", "sample_interval_us=-1", "/mnt"}), "streaming"));
    CHECK(contains(error_of({"-o", "on_exit=off", "/mnt"}), "keep or reset"));
    CHECK(contains(error_of({"-o", "detach=all", "/mnt"}), "sio, any, open or none"));
    for (const auto* mask : {"umask=", "umask=8", "umask=1000", "umask=-1", "umask=22x"}) {
        CHECK(contains(error_of({"-o", mask, "/mnt"}), "octal"));
    }
}
