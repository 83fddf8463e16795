// SPDX-License-Identifier: MIT
#include "fs/attributes.h"

namespace gpiofs::fs {
namespace {

std::string path_of(const Bench& bench, const NodeId& id) {
    const unsigned board = bench_board(id);
    const std::size_t index = id.row - std::size_t{1};
    if (id.kind == Kind::bench_pin) {
        return bench.pins(board)[bench_pin(id)] + "/" + bench.pin_files(board)[index].name;
    }
    return bench.board_files(board)[index].name;
}

}  // namespace

void show_bench_file(const Services& services, const Node& node, ReadRequest& request) {
    const Bench& bench = *services.bench;
    request.complete(bench.read(bench_board(node.id), path_of(bench, node.id)));
}

void store_bench_file(const Services& services, const Node& node, std::string_view text,
                      WriteRequest& request) {
    Bench& bench = *services.bench;
    bench.write(bench_board(node.id), path_of(bench, node.id), text);
    request.complete();
}

}  // namespace gpiofs::fs
