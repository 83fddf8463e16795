// SPDX-License-Identifier: MIT
#pragma once

#include "fs/request.h"
#include "fs/tree.h"

#include <span>
#include <string>
#include <string_view>

namespace gpiofs::fs {

/// One file of a folder: a row of the folder's table.
///
/// `show` and `store` answer the request, now or later from another thread. If they throw, they
/// have left the request where it was, and the caller answers it with the exception's errno.
struct Attribute {
    std::string_view name;
    /// Type and permission bits before umask: 0666, 0444 or 0222 for files.
    unsigned mode;
    void (*show)(const Services& services, const Node& node, ReadRequest& request) = nullptr;
    void (*store)(const Services& services, const Node& node, std::string_view text,
                  WriteRequest& request) = nullptr;
    std::string (*link)(const Services& services, const Node& node) = nullptr;
    /// Whether poll() on it reports edges.
    bool edges = false;
    /// Whether this node has the file at all; null is always.
    bool (*present)(const Node& node) = nullptr;
    /// Whether it is the stream of the line's edges, without `show`: see EventsFile.
    bool stream = false;
};

/// The files of a folder of this kind; folders in it are the tree's business.
std::span<const Attribute> attributes(Kind kind) noexcept;

std::span<const Attribute> root_files() noexcept;
std::span<const Attribute> legacy_chip_files() noexcept;
std::span<const Attribute> chip_files() noexcept;
std::span<const Attribute> legacy_line_files() noexcept;
std::span<const Attribute> chip_line_files() noexcept;

/// The bench's files, which are known by name only: row n of the table is file n of the folder.
void show_bench_file(const Services& services, const Node& node, ReadRequest& request);
void store_bench_file(const Services& services, const Node& node, std::string_view text,
                      WriteRequest& request);

/// Every folder of a kernel device has one. A text that the kernel takes is accepted and does
/// nothing, since there is no uevent to send.
void show_uevent(const Services& services, const Node& node, ReadRequest& request);
void store_uevent(const Services& services, const Node& node, std::string_view text,
                  WriteRequest& request);
/// Services::class_link.
std::string class_link(const Services& services, const Node& node);

}  // namespace gpiofs::fs
