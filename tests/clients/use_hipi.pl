# SPDX-License-Identifier: MIT
# use_hipi.pl OUTPUT INPUT: two wired lines.
use strict;
use warnings;
use Fcntl;
use HiPi qw( :rpi );
use HiPi::Device::GPIO;
use IO::Poll qw( POLLPRI POLLERR );

my ($output, $input) = map { HiPi::Device::GPIO->export_pin($_) } @ARGV;
$output->mode(RPI_MODE_OUTPUT);
$input->mode(RPI_MODE_INPUT);

my @levels = map { $output->value($_); $input->value } 1, 0, 1;
print "levels @levels\n";

$input->active_low(1);
print 'inverted ', $input->value, "\n";
$input->active_low(0);

$input->interrupt(RPI_INT_FALL);
print 'edge ', $input->interrupt == RPI_INT_FALL ? 'as it was written' : 'another', "\n";

sysopen(my $value, $input->get_interrupt_filepath, O_RDONLY | O_NONBLOCK) or die $!;
sysread($value, my $level, 16);
my $poll = IO::Poll->new;
$poll->mask($value => POLLPRI | POLLERR);
die 'woken by nothing' if $poll->poll(0.2);
$output->value(0);
die 'not woken' if $poll->poll(5) != 1;
print 'woken by the falling edge, value ', $input->value, "\n";

close $value;
HiPi::Device::GPIO->unexport_pin($_) for @ARGV;
