#include "fs/events_file.h"

#include "base/error.h"
#include "fs/bus_request.h"

#include <fmt/format.h>
#include <linux/fuse.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <utility>

namespace gpiofs::fs {
namespace {

/// A longer read() comes in parts, and a part that was filled makes the kernel ask for the next
/// (Linux fs/fuse/file.c, fuse_direct_io), which would wait. No part is as short as this.
constexpr std::size_t longest_answer = std::size_t{64} * 1024;

std::string to_line(const gpio::EventQueue::Entry& entry) {
    return fmt::format("{} {} {}\n", entry.edge.time.time_since_epoch().count(),
                       entry.edge.rising ? "rising" : "falling", entry.lost);
}

void answer(Reply& reply, const std::string& text) noexcept {
    fuse_reply_buf(reply.take(), text.data(), text.size());
}

/// Answers an open of a file that has no position, as a pipe has none, so that who shares it does
/// not wait uninterruptibly for who reads it. libfuse cannot say that (3.14, fuse_file_info).
bool answer_open(Reply& reply, const OpenFile& file) noexcept {
    fuse_open_out out{};
    out.fh = reinterpret_cast<std::uintptr_t>(&file);
    out.open_flags = FOPEN_DIRECT_IO | FOPEN_NONSEEKABLE | FOPEN_STREAM;
    const iovec part{&out, sizeof out};
    return fuse_reply_iov(reply.take(), &part, 1) == 0;
}

class EventsOpen final : public BusRequest {
  public:
    EventsOpen(const Services& services, Handles<OpenFile>& files, const Node& node, Reply reply)
        : BusRequest(services, node.line->chip().shared_from_this()),
          files_(files),
          file_(std::make_shared<EventsFile>(node)),
          reply_(std::move(reply)) {
        reads = node.line->bank();
    }

    void in_order(const gpio::JobResult& result) noexcept override {
        try {
            file_->begin(result.sample);
        } catch (...) {
            error_ = to_errno(std::current_exception());
        }
    }

  private:
    Reply& reply() noexcept override { return reply_; }
    void complete(const gpio::JobResult& /*result*/) override {
        if (error_ != 0) {
            reply_.error(error_);
            return;
        }
        files_.add(file_);
        if (!answer_open(reply_, *file_)) {
            files_.remove(file_.get());  // the opener was interrupted
        }
    }

    Handles<OpenFile>& files_;
    const std::shared_ptr<EventsFile> file_;
    int error_ = 0;
    Reply reply_;
};

}  // namespace

/// Answers who waits in read(), unless the file has been closed.
class EventsFile::ReadWakeup final : public gpio::Wakeup {
  public:
    explicit ReadWakeup(std::weak_ptr<OpenFile> file) noexcept : file_(std::move(file)) {}
    void notify() noexcept override {
        if (const auto file = std::static_pointer_cast<EventsFile>(file_.lock())) {
            file->serve();
        }
    }

  private:
    std::weak_ptr<OpenFile> file_;
};

void EventsFile::read(Reply& reply, const ReadCall& call) {
    {
        std::unique_lock lock(mutex_);
        const auto text = waiting_.empty() ? take(call.size) : std::nullopt;
        lock.unlock();
        if (text) {
            answer(reply, *text);
            return;
        }
    }
    if (call.nonblocking) {
        throw_errno(EAGAIN, "no edge");
    }
    std::list<Waiting> own;
    own.push_back({*this, std::move(reply), call.size});
    Waiting& waiting = own.front();
    fuse_req_interrupt_func(waiting.reply.get(), interrupted, &waiting);
    {
        const std::lock_guard lock(mutex_);
        if (!waiting.interrupted) {
            waiting_.splice(waiting_.end(), own);
        }
    }
    if (own.empty()) {
        serve();
    } else {
        fuse_req_interrupt_func(waiting.reply.get(), nullptr, nullptr);
        waiting.reply.error(EINTR);
    }
}

void EventsFile::interrupted(fuse_req_t /*request*/, void* waiting) noexcept {
    // Who answers a read first takes the interrupt function back and waits for this one, so it is
    // alive here; once it is off the list it is nobody else's.
    auto& read = *static_cast<Waiting*>(waiting);
    std::list<Waiting> given_up;
    {
        EventsFile& file = read.file;
        const std::lock_guard lock(file.mutex_);
        const auto at = std::find_if(file.waiting_.begin(), file.waiting_.end(),
                                     [&read](const Waiting& listed) { return &listed == &read; });
        if (at == file.waiting_.end()) {
            read.interrupted = true;
        } else {
            given_up.splice(given_up.end(), file.waiting_, at);
        }
    }
    for (Waiting& one : given_up) {
        one.reply.error(EINTR);
    }
}

void EventsFile::serve() noexcept {
    while (true) {
        std::list<Waiting> served;
        std::optional<std::string> text;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) {
                return;
            }
            text = take(waiting_.front().size);
            if (text) {
                served.splice(served.end(), waiting_, waiting_.begin());
            }
        }
        if (text) {
            Reply& reply = served.front().reply;
            fuse_req_interrupt_func(reply.get(), nullptr, nullptr);
            answer(reply, *text);
            continue;
        }
        const auto state = queue_.ask(gpio::EventQueue::Sleeper::read,
                                      std::make_unique<ReadWakeup>(weak_from_this()));
        if (!state.waiting && !state.ended) {
            return;
        }
    }
}

std::optional<std::string> EventsFile::take(std::size_t size) {
    const bool ended = queue_.ask(gpio::EventQueue::Sleeper::read, nullptr).ended;
    const std::size_t most = std::min(size, longest_answer);
    std::string text;
    while (true) {
        if (rest_.empty()) {
            const auto entry = queue_.take();
            if (!entry) {
                break;
            }
            rest_ = to_line(*entry);
        }
        if (!text.empty() && text.size() + rest_.size() > most) {
            break;
        }
        text.append(rest_, 0, most);
        rest_.erase(0, most);
    }
    return text.empty() && !ended ? std::nullopt : std::optional(std::move(text));
}

void EventsFile::write(Reply& /*reply*/, std::string_view /*data*/) {
    throw_errno(EBADF, "edges are only read");
}

unsigned EventsFile::poll(std::unique_ptr<gpio::Wakeup> wakeup) {
    const auto state = queue_.ask(gpio::EventQueue::Sleeper::poll, std::move(wakeup));
    if (state.ended) {
        return POLLIN | POLLRDNORM | POLLHUP;
    }
    const std::lock_guard lock(mutex_);
    return state.waiting || !rest_.empty() ? POLLIN | POLLRDNORM : 0U;
}

void open_events(const Services& services, Handles<OpenFile>& files, const Node& node,
                 Reply& reply) {
    BusRequest::submit(std::make_shared<EventsOpen>(services, files, node, std::move(reply)));
}

}  // namespace gpiofs::fs
