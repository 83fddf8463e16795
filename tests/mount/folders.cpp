// SPDX-License-Identifier: MIT
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

using namespace gpiofs::test;

namespace {

/// The largest inode number that fits a program built without large-file support.
constexpr ino_t largest_inode = 0xffffffff;
/// The largest position that fits its telldir().
constexpr off_t largest_position = 0x7fffffff;

using OpenFolder = std::unique_ptr<DIR, int (*)(DIR*)>;

OpenFolder open_folder(const fs::path& path) {
    OpenFolder folder(::opendir(path.c_str()), ::closedir);
    REQUIRE(folder != nullptr);
    return folder;
}

struct Entry {
    std::string name;
    ino_t inode = 0;
    off_t next = 0;  ///< position behind it
};

/// The entries from where the folder stands on.
std::vector<Entry> rest(DIR* folder) {
    std::vector<Entry> entries;
    while (const dirent* entry = ::readdir(folder)) {
        entries.push_back({entry->d_name, entry->d_ino, entry->d_off});
    }
    return entries;
}

std::vector<std::string> names(const std::vector<Entry>& entries) {
    std::vector<std::string> result;
    for (const auto& entry : entries) {
        result.push_back(entry.name);
    }
    return result;
}

ino_t inode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_ino;
}

/// Calls `visit` for a folder and all below it.
void walk(const fs::path& folder, const std::function<void(const fs::path&)>& visit) {
    visit(folder);
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_directory() && !entry.is_symlink()) {
            walk(entry.path(), visit);
        }
    }
}

}  // namespace

TEST_CASE("inode numbers fit 32 bits, are unique, and readdir tells those that stat tells") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT2232H,interface=AB", "--simulate", "FT232H"});
    for (const unsigned line : {512U, 527U, 530U, 544U}) {
        mount.export_line(line);
    }
    std::map<ino_t, fs::path> seen{{inode_of(mount.path()), mount.path()}};
    walk(mount.path(), [&](const fs::path& folder) {
        const ino_t parent =
            folder == mount.path() ? inode_of(folder) : inode_of(folder.parent_path());
        for (const Entry& entry : rest(open_folder(folder).get())) {
            CAPTURE(folder);
            CAPTURE(entry.name);
            CHECK(entry.inode <= largest_inode);
            CHECK(entry.next <= largest_position);
            if (entry.name == ".") {
                CHECK(entry.inode == inode_of(folder));
            } else if (entry.name == "..") {
                CHECK(entry.inode == parent);
            } else {
                CHECK(entry.inode == inode_of(folder / entry.name));
                const auto inserted = seen.emplace(entry.inode, folder / entry.name);
                CAPTURE(inserted.first->second);
                CHECK(inserted.second);
            }
        }
    });
}

TEST_CASE("inode numbers fit 32 bits also after 66,000 exports, and node ids are not used again") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto old = mount.export_line(512) / "value";
    const ino_t old_inode = inode_of(old);
    const auto do_export = open_file(mount / "export", O_WRONLY);
    const auto unexport = open_file(mount / "unexport", O_WRONLY);
    for (unsigned n = 0; n < 66'000; ++n) {
        REQUIRE(::pwrite(do_export.get(), "513", 3, 0) == 3);
        REQUIRE(::pwrite(unexport.get(), "513", 3, 0) == 3);
    }
    const auto young = mount.export_line(513) / "value";
    CHECK(inode_of(young) <= largest_inode);
    CHECK(inode_of(young) != old_inode);
    CHECK(inode_of(old) == old_inode);
    const auto open = open_file(young, O_RDONLY);
    CHECK(write_text(mount / "unexport", "513") == "ok");
    CHECK(write_text(mount / "export", "513") == "ok");
    CHECK(read_at(open.get(), 0) == "ENODEV");
    CHECK(read_text(young) == "1\n");
}

TEST_CASE("a position in a folder is good for another descriptor of it") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    mount.export_line(512);
    const auto all = rest(open_folder(mount.path()).get());
    for (std::size_t n = 0; n < all.size(); ++n) {
        CAPTURE(all[n].name);
        const auto fresh = open_folder(mount.path());
        ::seekdir(fresh.get(), static_cast<long>(all[n].next));
        const auto found = names(rest(fresh.get()));
        CHECK(found == names({all.begin() + static_cast<std::ptrdiff_t>(n) + 1, all.end()}));
    }
}

TEST_CASE("reading a folder shows each entry that stays once, whatever comes and goes meanwhile") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    for (unsigned line = 512; line < 528; line += 2) {
        mount.export_line(line);
    }
    const auto all = rest(open_folder(mount.path()).get());
    const auto count = [](const std::vector<std::string>& found, const std::string& name) {
        return std::count(found.begin(), found.end(), name);
    };
    for (const Entry& stop : all) {
        CAPTURE(stop.name);
        const auto fresh = open_folder(mount.path());
        ::seekdir(fresh.get(), static_cast<long>(stop.next));
        // One stands before the position or behind it, one is made anew behind it or not.
        CHECK(write_text(mount / "unexport", "512") == "ok");
        CHECK(write_text(mount / "export", "513") == "ok");
        auto found = names(rest(fresh.get()));
        CHECK(write_text(mount / "export", "512") == "ok");
        CHECK(write_text(mount / "unexport", "513") == "ok");
        for (const auto& entry : all) {
            found.push_back(entry.name);
            if (entry.name == stop.name) {
                break;
            }
        }
        for (unsigned line = 514; line < 528; line += 2) {
            CHECK(count(found, "gpio" + std::to_string(line)) == 1);
        }
        CHECK(count(found, "export") == 1);
        CHECK(count(found, "gpiochip512") == 1);
    }
}

TEST_CASE("the link subsystem leads to the tree's own root, wherever that is") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    mount.export_line(512);
    for (const std::string folder : {"gpio512", "gpiochip512", "chip0"}) {
        CAPTURE(folder);
        const auto link = mount / folder / "subsystem";
        CHECK(fs::canonical(link) == fs::canonical(mount.path()));
        CHECK(fs::exists(link / "export"));
    }
}

TEST_CASE("uevent takes what the kernel takes") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto uevent = mount.export_line(512) / "uevent";
    CHECK(write_text(uevent, "add") == "ok");
    CHECK(write_text(uevent, "add fe4d7c9d-b8c6-4a70-9ef1-3d8a58d18eed KEY=1\n") == "ok");
    CHECK(write_text(uevent, "add KEY=1\n") == "EINVAL");
    CHECK(read_text(uevent).empty());
}
