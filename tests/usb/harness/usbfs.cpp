// SPDX-License-Identifier: MIT
#include "usb/harness/usbfs.h"

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace gpiofs::tests {

namespace {

using DataPtr = GObjectPtr<UMockdevIoctlData>;

/// The program's memory that `data` holds a pointer to, at `offset`.
DataPtr pointed_to(UMockdevIoctlData* data, std::size_t offset, std::size_t size) {
    return DataPtr(umockdev_ioctl_data_resolve(data, offset, size, nullptr));
}

template <typename T>
T& as(const DataPtr& data) {
    return *reinterpret_cast<T*>(data->data);
}

/// The ioctl's argument where it is a pointer to a T.
template <typename T>
T read_argument(UMockdevIoctlData* argument) {
    T value;
    std::memcpy(&value, pointed_to(argument, 0, sizeof(T))->data, sizeof(T));
    return value;
}

std::uint16_t word_at(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

constexpr std::size_t setup_size = 8;
constexpr std::uint8_t clear_feature = 0x01;
constexpr std::uint8_t to_endpoint = 0x02;

}  // namespace

Usbfs::Usbfs(Testbed& testbed, std::string name, sim::VirtualBoard& board, Interfaces interfaces)
    : testbed_(testbed),
      name_(std::move(name)),
      board_(board),
      attachment_(board.attachment()),
      interfaces_(std::move(interfaces)),
      node_(testbed.root().string() + name_),
      pump_(board, [this](bool ready) { node_.set_ready(ready); }),
      base_(umockdev_ioctl_base_new()) {
    const std::lock_guard lock(usbfs_mutex());
    g_signal_connect(base_.get(), "handle-ioctl", G_CALLBACK(&Usbfs::on_ioctl), this);
    if (umockdev_testbed_attach_ioctl(testbed_.get(), name_.c_str(), base_.get(), nullptr) ==
        FALSE) {
        throw std::runtime_error("cannot attach to " + name_);
    }
}

Usbfs::~Usbfs() {
    umockdev_testbed_detach_ioctl(testbed_.get(), name_.c_str(), nullptr);
    const std::lock_guard lock(usbfs_mutex());
    g_signal_handlers_disconnect_by_data(base_.get(), this);
    for (GObject* file : files_) {
        g_object_weak_unref(file, &Usbfs::on_close, this);
        pump_.drop(file);
    }
}

void Usbfs::disconnect() {
    const std::lock_guard lock(usbfs_mutex());
    connected_ = false;
    interfaces_.disconnect_all();
    pump_.set_wire_error(-ESHUTDOWN);
    node_.hang_up();
}

void Usbfs::set_wire_error(int status) {
    const std::lock_guard lock(usbfs_mutex());
    pump_.set_wire_error(status);
}

void Usbfs::take_port_down() {
    const std::lock_guard lock(usbfs_mutex());
    port_down_ = true;
}

unsigned Usbfs::refused() const {
    const std::lock_guard lock(usbfs_mutex());
    return refused_;
}

std::string Usbfs::driver(unsigned number) const {
    const std::lock_guard lock(usbfs_mutex());
    return interfaces_.driver(number);
}

int Usbfs::claim_by_other_program(unsigned number) {
    const std::lock_guard lock(usbfs_mutex());
    interfaces_.disconnect(number);
    return interfaces_.claim(number, this);
}

void Usbfs::take_all_away() {
    for (unsigned number = 0; number < board_.chip().interfaces; ++number) {
        pump_.end_interface(number, -ESHUTDOWN);
        interfaces_.rebind(number);
    }
}

void Usbfs::reset_by_other_program() {
    const std::lock_guard lock(usbfs_mutex());
    take_all_away();
    attachment_ = board_.reset_bus();
}

void Usbfs::configure_anew() {
    const std::lock_guard lock(usbfs_mutex());
    take_all_away();
}

void Usbfs::unbind(unsigned number, const std::string& driver) {
    const std::lock_guard lock(usbfs_mutex());
    pump_.end_interface(number, -ESHUTDOWN);
    interfaces_.disconnect(number);
    interfaces_.bind_driver(number, driver);
}

void Usbfs::set_authorized(bool authorized) {
    const std::lock_guard lock(usbfs_mutex());
    take_all_away();
    interfaces_.set_configured(authorized);
}

void Usbfs::set_interface_authorized(unsigned number, bool authorized) {
    const std::lock_guard lock(usbfs_mutex());
    pump_.end_interface(number, -ESHUTDOWN);
    interfaces_.set_authorized(number, authorized);
}

UsbfsCounts Usbfs::counts() const {
    const std::lock_guard lock(usbfs_mutex());
    return counts_;
}

std::vector<sim::SetupPacket> Usbfs::requests() const {
    const std::lock_guard lock(usbfs_mutex());
    return requests_;
}

std::size_t Usbfs::files() const {
    const std::lock_guard lock(usbfs_mutex());
    return files_.size();
}

std::size_t Usbfs::pending() const {
    const std::lock_guard lock(usbfs_mutex());
    return pump_.pending();
}

gboolean Usbfs::on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self) {
    auto& usbfs = *static_cast<Usbfs*>(self);
    const std::lock_guard lock(usbfs_mutex());
    GObject* file = G_OBJECT(client);
    if (std::find(usbfs.files_.begin(), usbfs.files_.end(), file) == usbfs.files_.end()) {
        usbfs.files_.push_back(file);
        // Closing is not reported in any other way.
        g_object_weak_ref(file, &Usbfs::on_close, self);
    }
    const int result = usbfs.dispatch(client);
    umockdev_ioctl_client_complete(client, result < 0 ? -1 : result, result < 0 ? -result : 0);
    return TRUE;
}

void Usbfs::on_close(gpointer self, GObject* client) {
    auto& usbfs = *static_cast<Usbfs*>(self);
    const std::lock_guard lock(usbfs_mutex());
    std::erase(usbfs.files_, client);
    usbfs.pump_.drop(client);
    usbfs.interfaces_.release_all(client);
}

int Usbfs::dispatch(UMockdevIoctlClient* client) {
    UMockdevIoctlData* argument = umockdev_ioctl_client_get_arg(client);
    const auto request = umockdev_ioctl_client_get_request(client);
    if (request == USBDEVFS_REAPURBNDELAY) {
        return reap(client, argument);
    }
    if (!connected_) {
        return -ENODEV;
    }
    switch (request) {
        case USBDEVFS_GET_CAPABILITIES: {
            const DataPtr value = pointed_to(argument, 0, sizeof(std::uint32_t));
            as<std::uint32_t>(value) = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                       USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
                                       USBDEVFS_CAP_BULK_SCATTER_GATHER |
                                       USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
            return 0;
        }
        case USBDEVFS_SUBMITURB:
            return submit(client, argument);
        case USBDEVFS_DISCARDURB: {
            std::uintptr_t address = 0;
            std::memcpy(&address, argument->data, sizeof(address));
            return pump_.discard(client, address);
        }
        case USBDEVFS_CLAIMINTERFACE:
            return interfaces_.claim(read_argument<unsigned>(argument), client);
        case USBDEVFS_RELEASEINTERFACE:
            return interfaces_.release(read_argument<unsigned>(argument), client);
        case USBDEVFS_DISCONNECT_CLAIM:
            return disconnect_claim(client, argument);
        case USBDEVFS_GETDRIVER:
            return get_driver(argument);
        case USBDEVFS_IOCTL:
            return driver_ioctl(argument);
        case USBDEVFS_CLEAR_HALT:
            return clear_halt(argument);
        case USBDEVFS_RESET:
            ++counts_.resets;
            return 0;
        case USBDEVFS_SETCONFIGURATION:
            ++counts_.configurations;
            return 0;
        default:
            return -ENOTTY;
    }
}

int Usbfs::submit(const void* owner, UMockdevIoctlData* argument) {
    if (port_down_) {
        ++refused_;
        return -ENODEV;
    }
    auto urb = std::make_unique<Urb>();
    urb->owner = owner;
    urb->header = pointed_to(argument, 0, sizeof(usbdevfs_urb));
    const auto& header = as<usbdevfs_urb>(urb->header);
    const auto size = static_cast<std::size_t>(header.buffer_length);
    urb->data.resize(size);
    if (size != 0) {
        urb->buffer = pointed_to(urb->header.get(), offsetof(usbdevfs_urb, buffer), size);
        std::copy_n(urb->buffer->data, size, urb->data.begin());
    }
    if (header.type == USBDEVFS_URB_TYPE_CONTROL) {
        run_control(*urb);
    } else if (!interfaces_.configured()) {
        return -EHOSTUNREACH;
    } else if (const int claimed = interfaces_.claim(UrbPump::interface_of(header.endpoint), owner);
               claimed < 0) {
        return claimed;  // the kernel claims what is free, with a warning
    } else if ((header.endpoint & 0x80) != 0) {
        urb->bulk = sim::BulkTransfer::in(attachment_, header.endpoint, urb->data);
    } else {
        urb->bulk = sim::BulkTransfer::out(attachment_, header.endpoint, urb->data);
    }
    pump_.submit(std::move(urb));
    return 0;
}

void Usbfs::run_control(Urb& urb) {
    const sim::SetupPacket setup{urb.data[0], urb.data[1], word_at(urb.data, 2),
                                 word_at(urb.data, 4), word_at(urb.data, 6)};
    requests_.push_back(setup);
    constexpr unsigned vendor = 0x40;
    if ((setup.request_type & vendor) != 0 &&
        !interfaces_.claimed_by(setup.index - 1U, urb.owner)) {
        ++counts_.foreign_requests;
    }
    const auto result = board_.control(attachment_, setup, std::span(urb.data).subspan(setup_size));
    urb.actual = result.bytes;
    urb.status = result.status == sim::UsbStatus::complete ? 0
                 : result.status == sim::UsbStatus::stall  ? -EPIPE
                                                           : -ESHUTDOWN;
}

int Usbfs::reap(const void* owner, UMockdevIoctlData* argument) {
    const auto urb = pump_.reap(owner);
    if (!urb) {
        return connected_ ? -EAGAIN : -ENODEV;
    }
    auto& header = as<usbdevfs_urb>(urb->header);
    header.status = urb->status;
    header.actual_length = static_cast<int>(urb->actual);
    if (urb->buffer) {
        std::copy(urb->data.begin(), urb->data.end(), urb->buffer->data);
    }
    const DataPtr pointer = pointed_to(argument, 0, sizeof(void*));
    umockdev_ioctl_data_set_ptr(pointer.get(), 0, urb->header.get());
    return 0;
}

int Usbfs::disconnect_claim(const void* owner, UMockdevIoctlData* argument) {
    const auto request = read_argument<usbdevfs_disconnect_claim>(argument);
    const std::string& holder = interfaces_.driver(request.interface);
    const bool named = holder == request.driver;
    if (!holder.empty() &&
        (((request.flags & USBDEVFS_DISCONNECT_CLAIM_IF_DRIVER) != 0 && !named) ||
         ((request.flags & USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER) != 0 && named))) {
        return -EBUSY;
    }
    interfaces_.disconnect(request.interface);
    return interfaces_.claim(request.interface, owner);
}

int Usbfs::get_driver(UMockdevIoctlData* argument) {
    const DataPtr data = pointed_to(argument, 0, sizeof(usbdevfs_getdriver));
    auto& answer = as<usbdevfs_getdriver>(data);
    const std::string& holder = interfaces_.driver(answer.interface);
    if (holder.empty()) {
        return -ENODATA;
    }
    std::memset(answer.driver, 0, sizeof(answer.driver));
    holder.copy(answer.driver, sizeof(answer.driver) - 1);
    return 0;
}

int Usbfs::driver_ioctl(UMockdevIoctlData* argument) {
    const auto request = read_argument<usbdevfs_ioctl>(argument);
    const auto number = static_cast<unsigned>(request.ifno);
    switch (static_cast<unsigned>(request.ioctl_code)) {
        case USBDEVFS_DISCONNECT:
            return interfaces_.disconnect(number);
        case USBDEVFS_CONNECT:
            ++counts_.attaches;
            return interfaces_.connect(number);
        default:
            return -ENOTTY;
    }
}

int Usbfs::clear_halt(UMockdevIoctlData* argument) {
    const auto endpoint = static_cast<std::uint16_t>(read_argument<unsigned>(argument));
    const auto result =
        board_.control(attachment_, {to_endpoint, clear_feature, 0, endpoint, 0}, {});
    return result.status == sim::UsbStatus::complete ? 0 : -EPIPE;
}

}  // namespace gpiofs::tests
