// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Which kernel runs. Source: proc_version(5).</summary>
internal sealed class KernelVersionSensor() : HostSensor<KernelVersionSpec>(HostDataJsonContext.Readable.KernelVersionSpec)
{
    public override string Kind => "KernelVersion";

    public override string Variable => "kernel";

    protected override KernelVersionSpec? Read(SensorRun run)
    {
        if (run.Read("/proc/version", 4096) is not { IsRead: true } file)
        {
            run.Problem("/proc/version is not there");
            return null;
        }

        string text = file.Text.TrimEnd('\n');
        return new KernelVersionSpec
        {
            Content = text,
            Release = run.Root.ReadLine("/proc/sys/kernel/osrelease") ?? ReleaseIn(text),
            Version = run.Root.ReadLine("/proc/sys/kernel/version") ?? VersionIn(text),
            Architecture = Architecture(run.Root),
            NodeName = run.NodeName,
        };
    }

    // Shape: Linux version RELEASE (who@where) (compiler) #1 SMP DATE.
    private static string? ReleaseIn(string text) => text.StartsWith("Linux version ", StringComparison.Ordinal) ? text["Linux version ".Length..].Split(' ')[0] : null;

    private static string? VersionIn(string text) => text.LastIndexOf(" #", StringComparison.Ordinal) is > 0 and int at ? text[(at + 1)..] : null;

    // The kernel says it since 6.1; older ones run programs of the same architecture. Source: elf(5), e_machine.
    private static string? Architecture(HostRoot root)
    {
        if (root.ReadLine("/proc/sys/kernel/arch") is { Length: > 0 } told)
        {
            return told;
        }

        ReadOnlySpan<byte> program = root.Read("/bin/sh", 20).Bytes.Span;
        if (program.Length < 20 || !program.StartsWith("\u007fELF"u8))
        {
            return null;
        }

        bool isLittle = program[5] == 1;
        return (isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(program[18..]) : BinaryPrimitives.ReadUInt16BigEndian(program[18..])) switch
        {
            3 => "i686",
            21 => isLittle ? "ppc64le" : "ppc64",
            22 => "s390x",
            40 => "armv7l",
            62 => "x86_64",
            183 => "aarch64",
            243 => "riscv64",
            258 => "loongarch64",
            _ => null,
        };
    }
}
