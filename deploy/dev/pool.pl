#!/usr/bin/perl
# Runs N processes of a FastCGI binary that share one listening socket as fd 0, and starts those
# anew that end. In production systemd does this (deploy/systemd). Perl is part of every Debian base
# system. SOCKET is the path of a Unix socket; between containers it is a port of all addresses,
# tcp:9000. Usage: pool.pl SOCKET COUNT BINARY
use strict;
use warnings;
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY);
use POSIX ();
use Time::HiRes qw(time sleep);

my ($path, $count, $binary) = @ARGV;
die "usage: pool.pl SOCKET COUNT BINARY\n" unless $binary;
my ($port) = $path =~ /^tcp:(\d+)$/;
die "socket path too long (108 bytes at most): $path\n" if length($path) > 107;
unlink $path unless $port;
socket(my $listener, $port ? PF_INET : PF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
if ($port) {
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
    setsockopt($listener, IPPROTO_TCP, TCP_NODELAY, 1);    # those that it accepts have it too
}
bind($listener, $port ? pack_sockaddr_in($port, INADDR_ANY) : pack_sockaddr_un($path))
    or die "bind $path: $!\n";
chmod 0666, $path unless $port;
listen($listener, 4096) or die "listen: $!\n";

my %started;
my $stopping = 0;
$SIG{TERM} = $SIG{INT} = sub { $stopping = 1; kill 'TERM', keys %started; };

sub start {
    my $pid = fork();
    die "fork: $!\n" unless defined $pid;
    if ($pid) { $started{$pid} = time; return; }
    $SIG{TERM} = $SIG{INT} = 'DEFAULT';
    POSIX::dup2(fileno($listener), 0);
    exec {$binary} $binary or POSIX::_exit(127);
}

start() for 1 .. $count;
while (%started) {
    my $pid = waitpid(-1, 0);
    next if $pid <= 0;
    my $lived = time - (delete $started{$pid} // 0);
    last if $stopping && !%started;
    next if $stopping;
    sleep 0.5 if $lived < 1;    # a binary that cannot start must not spin
    start();
}
unlink $path unless $port;
