// SPDX-License-Identifier: MIT
#pragma once

#include "fs/fuse_api.h"
#include "fs/kernel_order.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace gpiofs::fs {

class AttributeFile;
struct Node;

/// The owner of a FUSE request: it is answered exactly once, with EIO if it is dropped.
class Reply {
  public:
    explicit Reply(fuse_req_t request) noexcept : request_(request) { KernelOrder::request(); }
    Reply(Reply&& other) noexcept : request_(std::exchange(other.request_, nullptr)) {}
    Reply& operator=(Reply&&) = delete;
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply();

    /// For the answers that have no method here; the request must be answered with it.
    fuse_req_t take() noexcept {
        KernelOrder::answer();
        return std::exchange(request_, nullptr);
    }
    fuse_req_t get() const noexcept { return request_; }
    void error(int errno_value) noexcept;
    void ok() noexcept { error(0); }

  private:
    fuse_req_t request_;
};

/// A read of an attribute, from the moment its text has to be produced.
class ReadRequest {
  public:
    ReadRequest(Reply reply, std::shared_ptr<AttributeFile> file, std::size_t size,
                std::size_t offset) noexcept;

    /// Makes `text` the open file's snapshot and answers the part that was asked for.
    void complete(std::string_view text) noexcept;
    void fail(int errno_value) noexcept { reply_.error(errno_value); }
    /// The events so far are no news to the open file any more.
    void mark_seen() noexcept;
    Reply& reply() noexcept { return reply_; }
    /// Of the open file that is read.
    const Node& node() const noexcept;

  private:
    Reply reply_;
    std::shared_ptr<AttributeFile> file_;
    std::size_t size_;
    std::size_t offset_;
};

/// A write to an attribute.
class WriteRequest {
  public:
    /// `size` is what a successful write reports.
    WriteRequest(Reply reply, std::size_t size) noexcept : reply_(std::move(reply)), size_(size) {}

    void complete() noexcept;
    void fail(int errno_value) noexcept { reply_.error(errno_value); }
    Reply& reply() noexcept { return reply_; }

  private:
    Reply reply_;
    std::size_t size_;
};

}  // namespace gpiofs::fs
