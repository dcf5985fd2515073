// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Loading;

/// <summary>Runs programs and reads what sensors tell of them.</summary>
internal static class SensorReading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Its pid; it is gone, and ended well.</returns>
    public static int Run(string program, params string[] arguments)
    {
        using Process child = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
        return child.Id;
    }

    public static RecordingHandler ReadUntil(KernelEventSource source, Func<RecordingHandler, bool> done)
    {
        var handler = new RecordingHandler();
        var watch = Stopwatch.StartNew();
        while (!done(handler))
        {
            Assert.True(watch.Elapsed < Patience, "what was waited for did not come");
            if (source.Read(ref handler, 1000) == 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(20));
            }
        }

        return handler;
    }

    public static int Count(RecordingHandler handler, EventKind kind, int pid) => handler.Headers.Count(header => header.Kind == kind && header.Pid == pid);
}
