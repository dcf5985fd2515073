// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class UnixTests
{
    private const uint ConnectionRefused = 111;

    [Fact]
    public void Connect_ThroughALink_HasThePathOfTheSocketAndItsListener()
    {
        string folder = Directory.CreateTempSubdirectory("na-unix").FullName;
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "unix");
            Workload workload = watch.Run("unix_connect", folder);
            CapturedUnixConnect[] connects = [.. watch.Events.UnixConnects.Where(connect => connect.Record.Header.Pid == workload.Pid)];
            Assert.Equal(
                [$"{folder}/run/runtime.sock", workload.Text("name"), "run/dead.sock"],
                connects.Select(connect => Encoding.ASCII.GetString(connect.Path)));
            Assert.Equal([0u, 0u, ConnectionRefused], connects.Select(connect => connect.Record.Error));
            Assert.Equal([workload.Number("inode"), 0ul, 0ul], connects.Select(connect => connect.Record.Inode));
            Assert.NotEqual(0u, connects[0].Record.Device);
            uint server = workload.PidOf("server_pid");
            ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == server);
            foreach (CapturedUnixConnect connect in connects[..2])
            {
                Assert.Equal((server, fork.ChildStartTimeNs, fork.ChildCgroupId),
                    (connect.Record.PeerPid, connect.Record.PeerStartTimeNs, connect.Record.PeerCgroupId));
            }

            Assert.Equal(0u, connects[2].Record.PeerPid);
            Assert.Equal("unix_connect", ProcessTests.Comm(connects[0].Record.Header));
            Assert.Equal(fork.Header.StartTimeNs, connects[0].Record.Header.StartTimeNs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <remarks>The name is the listener's: a container into which the socket was mounted under another one does not hide what it is.</remarks>
    [Theory]
    [InlineData("docker.sock")]
    [InlineData("containerd.sock")]
    [InlineData("crio.sock")]
    public void Connect_FromAContainerToARuntimesSocket_IsNamedHoweverItIsMounted(string name)
    {
        string folder = Directory.CreateTempSubdirectory("na-unix").FullName;
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "unix");
            Workload workload = watch.Run("unix_runtime", folder, name);
            CapturedUnixConnect[] connects = [.. watch.Events.UnixConnects.Where(connect => connect.Record.Header.Pid == workload.PidOf("client_pid"))];
            Assert.Equal(2, connects.Length);
            Assert.All(connects, connect => Assert.Equal($"{folder}/run/{name}", Encoding.ASCII.GetString(connect.Path)));
            Assert.All(connects, connect => Assert.Equal((0u, workload.Number("inode"), workload.Pid), (connect.Record.Error, connect.Record.Inode, connect.Record.PeerPid)));
            Assert.Equal(0, watch.Source.Counters.Malformed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
