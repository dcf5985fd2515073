// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Tests.Loading;

/// <summary>Tests that load programs into this kernel: one after the other, since they count what the kernel holds.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelCollection
{
    public const string Name = "kernel";
}

internal static class Kernel
{
    /// <summary>Skips the test where BPF programs cannot run.</summary>
    internal static void Require()
    {
        RequirementProblem? problem = KernelRequirements.Check().FirstOrDefault(found => found.IsFatal);
        Assert.SkipWhen(problem is not null, problem?.Message ?? string.Empty);
    }

    /// <summary>Opens one of the objects in fixtures/.</summary>
    internal static BpfObject OpenFixture(string name)
    {
        using Stream stream = typeof(Kernel).Assembly.GetManifestResourceStream(name + ".bpf.o")
            ?? throw new InvalidOperationException($"no fixture {name}");
        byte[] elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(elf, name);
    }

    /// <summary>How many BPF programs, maps and links this process holds.</summary>
    internal static int CountDescriptors()
    {
        int count = 0;
        foreach (string path in Directory.GetFiles("/proc/self/fd"))
        {
            string? target = new FileInfo(path).LinkTarget;
            count += target is not null && target.Contains("bpf", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Starts threads, each of which is a fork to the kernel.</summary>
    internal static void StartThreads(int count)
    {
        for (int started = 0; started < count; started++)
        {
            var thread = new Thread(static () => { });
            thread.Start();
            thread.Join();
        }
    }
}
