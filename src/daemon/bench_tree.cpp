// SPDX-License-Identifier: MIT
#include "daemon/bench_tree.h"

namespace gpiofs::daemon {

BenchTree::BenchTree(sim::Bench& bench) : bench_(bench) {
    for (unsigned number = 0; number < bench.size(); ++number) {
        Board board;
        board.pins = bench.pins(number);
        for (const auto& file : bench.files(number)) {
            const bool readable = file.access != sim::Access::write_only;
            const bool writable = file.access != sim::Access::read_only;
            const auto slash = file.path.find('/');
            if (slash == std::string::npos) {
                board.board_files.push_back({file.path, readable, writable});
            } else if (file.path.substr(0, slash) == board.pins.front()) {
                board.pin_files.push_back({file.path.substr(slash + 1), readable, writable});
            }
        }
        boards_.push_back(std::move(board));
    }
}

const std::vector<std::string>& BenchTree::pins(unsigned board) const {
    return boards_.at(board).pins;
}

const std::vector<fs::Bench::File>& BenchTree::board_files(unsigned board) const {
    return boards_.at(board).board_files;
}

const std::vector<fs::Bench::File>& BenchTree::pin_files(unsigned board) const {
    return boards_.at(board).pin_files;
}

std::string BenchTree::read(unsigned board, const std::string& path) const {
    return bench_.read(board, path);
}

void BenchTree::write(unsigned board, const std::string& path, std::string_view text) {
    bench_.write(board, path, text);
}

}  // namespace gpiofs::daemon
