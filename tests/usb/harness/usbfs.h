// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"
#include "usb/harness/device_node.h"
#include "usb/harness/interfaces.h"
#include "usb/harness/testbed.h"
#include "usb/harness/urb_pump.h"

#include <string>
#include <vector>

namespace gpiofs::tests {

/// What a program asked of a device beyond transfers.
struct UsbfsCounts {
    unsigned resets = 0;
    unsigned configurations = 0;
    unsigned attaches = 0;
    /// Vendor requests for an interface that the file had not claimed.
    unsigned foreign_requests = 0;
};

/// The kernel's side of one attachment of a device: answers the ioctls of usbfs.
/// Public functions are thread-safe.
class Usbfs {
  public:
    /// Serves `name` ("/dev/bus/usb/001/002") from now on. All arguments outlive it.
    Usbfs(Testbed& testbed, std::string name, sim::VirtualBoard& board, Interfaces interfaces);
    Usbfs(const Usbfs&) = delete;
    Usbfs& operator=(const Usbfs&) = delete;
    ~Usbfs();

    DeviceNode& node() noexcept { return node_; }
    /// Ends every URB and fails every ioctl from now on; call it when the board is unplugged.
    void disconnect();
    /// Ends every URB with this negative errno, as the wire of a dying cable does.
    void set_wire_error(int status);
    /// Refuses every URB with ENODEV, as a host controller does whose port is down, before the
    /// kernel has noticed that the device has gone.
    void take_port_down();
    /// How many URBs it has refused since.
    unsigned refused() const;

    std::string driver(unsigned number) const;
    /// Claims the interface as another program would.
    int claim_by_other_program(unsigned number);

    // What takes an interface away from the program; its transfers end as the kernel ends them.
    /// USBDEVFS_RESET by another program: the chip has its power-up values again.
    void reset_by_other_program();
    /// A new configuration, which the chip does not mind.
    void configure_anew();
    /// By hand, in sysfs; `driver` binds instead, if not empty.
    void unbind(unsigned number, const std::string& driver);
    /// `authorized` of the device, and of one interface.
    void set_authorized(bool authorized);
    void set_interface_authorized(unsigned number, bool authorized);

    UsbfsCounts counts() const;
    /// Control requests seen so far.
    std::vector<sim::SetupPacket> requests() const;
    /// How many files are open.
    std::size_t files() const;
    /// Bulk transfers under way.
    std::size_t pending() const;

  private:
    static gboolean on_ioctl(UMockdevIoctlBase* base, UMockdevIoctlClient* client, gpointer self);
    static void on_close(gpointer self, GObject* client);

    int dispatch(UMockdevIoctlClient* client);
    int submit(const void* owner, UMockdevIoctlData* argument);
    int reap(const void* owner, UMockdevIoctlData* argument);
    int disconnect_claim(const void* owner, UMockdevIoctlData* argument);
    int get_driver(UMockdevIoctlData* argument);
    int driver_ioctl(UMockdevIoctlData* argument);
    int clear_halt(UMockdevIoctlData* argument);
    void run_control(Urb& urb);
    void take_all_away();

    Testbed& testbed_;
    std::string name_;
    sim::VirtualBoard& board_;
    sim::Attachment attachment_;
    Interfaces interfaces_;
    DeviceNode node_;
    UrbPump pump_;
    GObjectPtr<UMockdevIoctlBase> base_;
    /// Open files, by the object that stands for each.
    std::vector<GObject*> files_;
    UsbfsCounts counts_;
    std::vector<sim::SetupPacket> requests_;
    bool connected_ = true;
    bool port_down_ = false;
    unsigned refused_ = 0;
};

}  // namespace gpiofs::tests
