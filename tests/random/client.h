// SPDX-License-Identifier: MIT
#pragma once

#include "random/board_model.h"
#include "random/chance.h"
#include "random/history.h"
#include "random/open_files.h"
#include "support/mount.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::test {

/// One client that does everything there is to do with a mounted board, at random, and compares
/// each answer with the model's. All its steps follow from the seed. Where what happens outside
/// the bus, such as a change of what drives a pin, moves an armed line, it reads that line before
/// anything else, so that edges are exact as well.
class Client {
  public:
    /// Something to do; `weight` is how often, among all.
    struct Operation {
        std::string_view name;
        unsigned weight;
        void (Client::*act)();
    };

    /// The board is the mount's first and only one, and the mount is new.
    Client(Mount& mount, const Setting& setting, Chance chance);

    /// One operation. Throws Difference.
    void step();
    /// Throws Difference.
    void lose_power();
    void unplug_and_replug();
    long operations() const noexcept { return history_.operations(); }
    /// Edges that the model has seen.
    long edges() const noexcept { return model_.edges(); }

    /// All operations; GPIOFS_RANDOM_WITHOUT names some to leave out: "poll,wire".
    static std::vector<Operation> all_operations();

  private:
    // client_lines.cpp: the files of chips and lines
    void export_line();
    void unexport_line();
    void write_direction();
    void read_direction();
    void write_value();
    void read_value();
    void write_active_low();
    void read_active_low();
    void write_edge();
    void read_edge();
    void read_lines();
    void write_interval();
    void read_interval();
    void burst();

    // client_bench.cpp: the world outside
    void drive();
    void pull();
    void wire();
    void cut_wires();

    // client_files.cpp: files that stay open
    void open_file_of_line();
    void close_file();
    void read_file();
    void write_file();
    void poll_file();
    void read_events();

    // client.cpp
    LineRef pick_line();
    LineRef pick_exported();
    /// Mostly an exported line that is an output, an input, or one that waits for an edge, if there
    /// is one.
    LineRef pick_output();
    LineRef pick_input();
    LineRef pick_sampled();
    template <typename Predicate>
    LineRef pick_where(Predicate predicate);
    unsigned pick_chip() { return chance_.pick(static_cast<unsigned>(model_.chips().size())); }
    /// Of the legacy tree, or of the newer one.
    std::string folder(LineRef line, bool legacy) const;
    std::string chip_folder(unsigned chip) const;
    std::string legacy_chip_folder(unsigned chip) const;
    /// A valid word with an end that changes nothing, or a word that is none.
    std::string word(std::initializer_list<std::string_view> valid,
                     std::initializer_list<std::string_view> invalid);
    std::string number_word();

    /// What a path of the line answers before its file is asked: "ENOENT" or nothing.
    bool there(LineRef line) const { return model_.exported(line) != nullptr; }
    void write(const std::string& path, std::string_view text, const std::string& expected);
    void read(const std::string& path, const std::string& expected);
    void bench(const std::string& file, const std::string& text);

    /// After an accepted write that may have moved pins.
    void written(unsigned chip);
    /// Reads all lines of the chip if a write, or the sample after one, may be under way.
    void settle(unsigned chip);
    void settle_all();
    /// Reads every armed line that something outside the bus of its chip has moved.
    void sample_moved();
    void sample_by_reading(LineRef line);
    void check_names();
    void pread_value(OpenFile& file);
    void check_events(OpenFile& file, std::string_view text);

    Mount& mount_;
    Chance chance_;
    BoardModel model_;
    History history_;
    std::vector<Operation> operations_;
    unsigned weights_ = 0;
    /// Lines that are used most, so that much happens to them.
    std::vector<LineRef> favourites_;
    std::vector<OpenFile> files_;
};

}  // namespace gpiofs::test
