// SPDX-License-Identifier: MIT
#include "sim/bulk_transfer.h"

#include "sim/virtual_board.h"

namespace gpiofs::sim {

BulkTransfer::BulkTransfer(BulkTransfer&& other) noexcept
    : BulkTransfer(other.attachment_, other.endpoint_) {
    *this = std::move(other);
}

BulkTransfer& BulkTransfer::operator=(BulkTransfer&& other) noexcept {
    if (this == &other) {
        return *this;
    }
    if (board_ != nullptr) {
        withdraw();
    }
    if (other.board_ != nullptr) {
        other.board_->relocate(other, *this);
    } else {
        *this = static_cast<const BulkTransfer&>(other);
    }
    other.status_ = UsbStatus::cancelled;
    return *this;
}

void BulkTransfer::withdraw() noexcept { board_->withdraw(*this); }

}  // namespace gpiofs::sim
