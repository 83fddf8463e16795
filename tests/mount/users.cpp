// SPDX-License-Identifier: MIT
#include "mount/namespace.h"
#include "mount/person.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

/// Users that need not exist; only their numbers count.
constexpr Person owner{61001, 61001, 61001};
constexpr Person member{61002, 61002, 61010};
constexpr Person stranger{61004, 61004, 61004};
constexpr gid_t shared_group = 61010;

/// A mount that everybody can reach, with line 513 exported, and 514 for everybody to try.
class SharedMount {
  public:
    explicit SharedMount(const std::string& options)
        : mount_({"--simulate", "FT232H", "-o", options}) {
        fs::permissions(mount_.path().parent_path(), fs::perms(0755));
        mount_.export_line(513);
    }

    Mount& operator*() noexcept { return mount_; }

    /// What comes of listing the tree, reading a value, exporting a line, setting a direction and a
    /// value, setting an edge, unexporting: one word each.
    std::string all_tried_by(const Person& person) const {
        return as(person, [this] {
            const auto names = list(mount_.path());
            const std::string listed = names.size() > 1 ? "ok" : names.at(0);
            const auto line = mount_ / "gpio513";
            std::string tried = listed + " " + without_newline(read_text(line / "value"));
            tried += " " + write_text(mount_ / "export", "514");
            tried += " " + write_text(line / "direction", "high");
            tried += " " + write_text(line / "value", "1");
            tried += " " + write_text(line / "edge", "none");
            tried += " " + write_text(mount_ / "unexport", "514");
            return tried;
        });
    }

    std::string mode_of(const std::string& file) const {
        struct stat status {};
        if (::lstat((mount_ / file).c_str(), &status) != 0) {
            return errno_name(errno);
        }
        return fmt::format("{:o} {}:{}", status.st_mode & 07777U, status.st_uid, status.st_gid);
    }

  private:
    static std::string without_newline(const std::string& text) {
        return text.substr(0, text.find('\n'));
    }

    Mount mount_;
};

constexpr const char* everything = "ok 1 ok ok ok ok ok";
constexpr const char* only_reading = "ok 1 EACCES EACCES EACCES EACCES EACCES";
constexpr const char* nothing = "EACCES EACCES EACCES EACCES EACCES EACCES EACCES";

}  // namespace

TEST_CASE("by default root alone writes, and everybody reads, as in sysfs") {
    NEEDS_MOUNT();
    SharedMount mount("umask=022");
    CHECK(mount.all_tried_by(stranger) == only_reading);
    CHECK(mount.all_tried_by({0, 0, 0}) == everything);
    SharedMount same("base=512");
    for (const auto* file : {"", "export", "unexport", "gpiochip512", "gpiochip512/base", "chip0",
                             "chip0/export", "gpio513", "gpio513/value", "gpio513/direction",
                             "gpio513/edge", "gpio513/active_low", "gpio513/uevent"}) {
        CAPTURE(file);
        CHECK(same.mode_of(file) == mount.mode_of(file));
    }
    CHECK(same.mode_of("export") == "200 0:0");
    CHECK(same.mode_of("gpio513") == "755 0:0");
    CHECK(same.mode_of("gpio513/value") == "644 0:0");
    CHECK(same.mode_of("gpiochip512/base") == "444 0:0");
}

TEST_CASE("uid: the owner may everything, umask decides what others may") {
    NEEDS_MOUNT();
    SharedMount open_to_readers(fmt::format("uid={}", owner.user));
    CHECK(open_to_readers.all_tried_by(owner) == everything);
    CHECK(open_to_readers.all_tried_by(stranger) == only_reading);
    SharedMount closed(fmt::format("uid={},umask=077", owner.user));
    CHECK(closed.all_tried_by(owner) == everything);
    CHECK(closed.all_tried_by(stranger) == nothing);
    SharedMount open_to_all("umask=000");
    CHECK(open_to_all.all_tried_by(owner) == everything);
    CHECK(open_to_all.all_tried_by(stranger) == everything);
}

TEST_CASE("gid: who is in the group may what umask leaves it, by his second group too") {
    NEEDS_MOUNT();
    SharedMount mount(fmt::format("gid={},umask=007", shared_group));
    CHECK(mount.all_tried_by(member) == everything);
    CHECK(mount.all_tried_by({owner.user, shared_group, shared_group}) == everything);
    CHECK(mount.all_tried_by(stranger) == nothing);
    CHECK(mount.mode_of("export") == fmt::format("220 0:{}", shared_group));
    CHECK(mount.mode_of("gpio513/value") == fmt::format("660 0:{}", shared_group));
}

TEST_CASE("users and groups by name") {
    NEEDS_MOUNT();
    const passwd* user = ::getpwnam("daemon");
    const group* mail = ::getgrnam("mail");
    REQUIRE(user != nullptr);
    REQUIRE(mail != nullptr);
    const uid_t uid = user->pw_uid;
    const gid_t gid = mail->gr_gid;
    SharedMount mount("uid=daemon,gid=mail,umask=002");
    CHECK(mount.mode_of("gpio513/value") == fmt::format("664 {}:{}", uid, gid));
    CHECK(mount.all_tried_by({uid, stranger.group, stranger.group}) == everything);
    CHECK(mount.all_tried_by({stranger.user, gid, gid}) == everything);
    CHECK(mount.all_tried_by(stranger) == only_reading);
}

TEST_CASE("a user or group that does not exist is one line and status 2") {
    const auto said = [](const std::string& option) {
        const auto result = run({GPIOFS_PROGRAM, "--simulate", "FT232H", "-o", option, "/mnt"});
        CHECK(result.status == 2);
        return result.err;
    };
    CHECK(said("uid=no-such") == "mpsse-gpiofs: -o: uid: there is no user 'no-such'\n");
    CHECK(said("gid=no-such") == "mpsse-gpiofs: -o: gid: there is no group 'no-such'\n");
    CHECK(said("uid=") == "mpsse-gpiofs: -o: uid: there is no user ''\n");
    CHECK(said("gid=-1") == "mpsse-gpiofs: -o: gid: there is no group '-1'\n");
    CHECK(said("uid=4294967295") == "mpsse-gpiofs: -o: uid: there is no user '4294967295'\n");
    CHECK(said("umask=8") == "mpsse-gpiofs: -o: umask: '8' is not an octal number from 0 to 777\n");
}

TEST_CASE("root opens one attribute to one user by chown, to all by chmod, others may not") {
    NEEDS_MOUNT();
    SharedMount mount("base=512");
    const auto line = *mount / "gpio513";
    REQUIRE(write_text(line / "direction", "out") == "ok");
    const auto write_value = [&] { return write_text(line / "value", "1"); };
    const auto open_it = [&] {
        return errno_name(::chmod((line / "value").c_str(), 0666) == 0 ? 0 : errno);
    };
    const auto take_it = [&] {
        return errno_name(::chown((line / "edge").c_str(), ::getuid(), ::getgid()) == 0 ? 0
                                                                                        : errno);
    };
    CHECK(as(stranger, open_it) == "EPERM");
    CHECK(as(stranger, take_it) == "EPERM");

    REQUIRE(::chown((line / "value").c_str(), stranger.user, 0) == 0);
    CHECK(as(stranger, write_value) == "ok");
    CHECK(as(member, write_value) == "EACCES");
    CHECK(as(stranger, [&] { return write_text(line / "direction", "in"); }) == "EACCES");

    CHECK(as(stranger, open_it) == "ok");  // it is his
    CHECK(as(member, write_value) == "ok");
    CHECK(write_text(*mount / "unexport", "513") == "ok");
    CHECK(write_text(*mount / "export", "513") == "ok");
    CHECK(as(stranger, write_value) == "EACCES");
    CHECK(mount.mode_of("gpio513/value") == "644 0:0");
}

TEST_CASE("export opened to a user with chmod: what he exports is as every line") {
    NEEDS_MOUNT();
    SharedMount mount("base=512");
    REQUIRE(::chmod((*mount / "export").c_str(), 0222) == 0);
    CHECK(as(stranger, [&] { return write_text(*mount / "export", "520"); }) == "ok");
    CHECK(as(stranger, [&] { return write_text(*mount / "unexport", "520"); }) == "EACCES");
    CHECK(as(stranger, [&] { return write_text(*mount / "gpio520/value", "1"); }) == "EACCES");
    CHECK(mount.mode_of("gpio520/value") == "644 0:0");
}

TEST_CASE("the bench is the owner's alone, whatever umask says") {
    NEEDS_MOUNT();
    SharedMount mount(fmt::format("uid={},gid={},umask=000", owner.user, shared_group));
    const auto ground = [&] {
        return list(*mount / "sim").at(0) + " " + write_text(*mount / "sim/0/adbus1/drive", "0");
    };
    CHECK(as(owner, ground) == "0 ok");
    CHECK(as(member, ground) == "EACCES EACCES");
    CHECK(as(stranger, ground) == "EACCES EACCES");
}

TEST_CASE("a user who may write a value may wait on it, and is told the truth") {
    NEEDS_MOUNT();
    SharedMount mount(fmt::format("gid={},umask=002", shared_group));
    const auto polled = as(member, [&] {
        const auto line = *mount / "gpio513";
        const std::string armed = write_text(line / "edge", "both");
        const auto value = open_file(line / "value", O_RDONLY);
        const std::string before = read_at(value.get(), 0);
        const std::string active_low = write_text(line / "active_low", "1");
        return armed + " " + before.substr(0, 1) + " " + active_low + " " +
               read_at(value.get(), 0).substr(0, 1) + " " +
               poll_once(value.get(), POLLPRI, std::chrono::milliseconds(0));
    });
    CHECK(polled == "ok 1 ok 0 timeout");
}

TEST_CASE("without allow_other the mount is its user's alone, not even root enters") {
    NEEDS_MOUNT();
    const passwd* user = ::getpwnam("daemon");  // fusermount3 wants its users to have a name
    REQUIRE(user != nullptr);
    const Person mounter{user->pw_uid, user->pw_gid, user->pw_gid};
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms(0755));
    const auto place = folder.path() / "mnt";
    fs::create_directory(place);
    REQUIRE(::chown(place.c_str(), mounter.user, mounter.group) == 0);
    if (as(mounter, [] {
            return errno_name(::access(GPIOFS_PROGRAM, X_OK) == 0 &&
                                      ::access("/dev/fuse", R_OK | W_OK) == 0
                                  ? 0
                                  : errno);
        }) != "ok") {
        SKIP_TEST("an ordinary user cannot reach the program or /dev/fuse");
    }
    Process program({"setpriv", fmt::format("--reuid={}", mounter.user),
                     fmt::format("--regid={}", mounter.group), "--clear-groups", GPIOFS_PROGRAM,
                     "-f", "--simulate", "FT232H", "-o", "umask=000", place},
                    folder.path() / "log");
    const auto look = [&] {
        const auto names = list(place);
        return names.empty() ? "empty" : names[0];
    };
    REQUIRE(wait_until([&] { return as(mounter, look) == "chip0"; }));
    CHECK(as(mounter, [&] {
              const std::string exported = write_text(place / "export", "513");
              return exported + " " + write_text(place / "gpio513/direction", "high") + " " +
                     read_text(place / "gpio513/value");
          }) == "ok ok 1\n");
    CHECK(as(stranger, look) == "EACCES");
    CHECK(as(member, [&] { return write_text(place / "export", "514"); }) == "EACCES");
    CHECK(look() == "EACCES");
    program.signal(SIGTERM);
    CHECK(program.wait() == 0);
    CHECK_FALSE(is_mounted(place));
    CHECK(sanitizer_report(read_text(folder.path() / "log")) == "");
}

TEST_CASE("an ordinary user lets others in where fuse.conf allows it") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        user=daemon
        chown $user "$dir"
        as $user test -w /dev/fuse || { echo "cannot open /dev/fuse"; exit 0; }
        echo '  user_allow_other  # for the workshop' >/run/fuse.conf
        mount --bind /run/fuse.conf /etc/fuse.conf
        as $user mpsse-gpiofs -o allow_other,gid=mail,umask=007 sim:FT232H "$dir"
        setpriv --reuid=bin --regid=mail --clear-groups sh -euc '
            cd "$1"; echo 513 >export; cat gpio513/value' sh "$dir"
        as bin ls "$dir" 2>&1 || true
        as $user fusermount3 -u "$dir"
        soon has_ended)sh");
    if (result.out == "cannot open /dev/fuse\n") {
        SKIP_TEST("only root can open /dev/fuse");
    }
    CHECK(result.status == 0);
    CHECK(result.out == "1\nls: cannot open directory '/run/gpio': Permission denied\n");
    CHECK(result.err == "");
}
