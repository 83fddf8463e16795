// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::fs {

/// What the `sim/` folder shows: the bench of the virtual boards, as files of text. Thread-safe.
class Bench {
  public:
    struct File {
        std::string name;
        bool readable;
        bool writable;
    };

    Bench() = default;
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    virtual ~Bench() = default;

    /// Boards are numbered from 0; at most 255 of them, with at most 255 pins of 255 files each.
    virtual unsigned boards() const = 0;
    virtual const std::vector<std::string>& pins(unsigned board) const = 0;
    /// The files of a board's own folder.
    virtual const std::vector<File>& board_files(unsigned board) const = 0;
    /// The files of each pin's folder.
    virtual const std::vector<File>& pin_files(unsigned board) const = 0;

    /// `path` is "FILE" or "PIN/FILE". Both throw std::system_error.
    virtual std::string read(unsigned board, const std::string& path) const = 0;
    virtual void write(unsigned board, const std::string& path, std::string_view text) = 0;
};

}  // namespace gpiofs::fs
