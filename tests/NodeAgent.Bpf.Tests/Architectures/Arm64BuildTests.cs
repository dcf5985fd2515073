// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using NodeAgent.Bpf.Layout;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Tests.Architectures;

/// <summary>The probes as they are built for each architecture, on whichever machine this is. That they load on the other one, a machine of it must tell.</summary>
public sealed class Arm64BuildTests : IClassFixture<Arm64BuildTests.Builds>
{
    private const ushort MachineBpf = 247; // EM_BPF
    private const int MachineOffset = 18;

    private readonly Builds _builds;

    public Arm64BuildTests(Builds builds)
    {
        _builds = builds;
    }

    public static TheoryData<string> Probes =>
        [.. Directory.GetFiles(RepositoryFiles.PathOf("bpf/probes"), "*.bpf.c").Select(path => Path.GetFileName(path)[..^".bpf.c".Length])];

    [Theory]
    [MemberData(nameof(Probes))]
    public void Build_EachObject_HasTheSameProgramsAndMapsOnBoth(string probe)
    {
        using BpfObject arm64 = _builds.Open("arm64", probe);
        using BpfObject x86 = _builds.Open("x86", probe);
        Assert.NotEmpty(arm64.Programs);
        // x86 may have programs of its own: what only its processors do. System calls have the architecture in their symbols.
        Assert.Empty(arm64.Programs.Select(program => (program.Name, program.Section)).Except(
            x86.Programs.Select(program => (program.Name, program.Section.Replace("__x64_sys_", "__arm64_sys_", StringComparison.Ordinal)
                .Replace("__ia32_compat_sys_", "__arm64_compat_sys_", StringComparison.Ordinal)))));
        Assert.DoesNotContain(arm64.Programs, program => program.Section.Contains("x64", StringComparison.Ordinal) || program.Section.Contains("ia32", StringComparison.Ordinal));
        Assert.All(arm64.Programs, program => Assert.True(program.InstructionCount > 0));
        foreach (BpfMap map in arm64.Maps.Where(map => !map.IsInternal))
        {
            BpfMap other = x86.FindMap(map.Name)!;
            Assert.Equal((other.Type, other.KeySizeBytes, other.ValueSizeBytes, other.MaxEntries), (map.Type, map.KeySizeBytes, map.ValueSizeBytes, map.MaxEntries));
        }
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Build_EachObject_IsBpfWithTypesForRelocation(string probe)
    {
        byte[] elf = _builds.Read("arm64", probe);
        Assert.Equal([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1], elf[..6]); // 64 bits, little-endian
        Assert.Equal(MachineBpf, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(MachineOffset)));
        Assert.True(elf.AsSpan().IndexOf(".BTF.ext\0"u8) > 0, "no CO-RE relocations");
        using BpfObject target = _builds.Open("arm64", probe);
        using BtfTypes types = target.OpenTypes();
        Assert.Contains(types.ReadStructs(), type => type.Name is "task_struct" or "sock_common" or "cgroup" or "na_header" or "pt_regs" or "__sk_buff");
    }

    [Fact]
    public void Build_WireLayout_IsWhatTheMirrorsSay()
    {
        using BpfObject target = _builds.Open("arm64", "wire_layout");
        using BtfTypes types = target.OpenTypes();
        Assert.Empty(WireLayout.Compare(types.ReadStructs(), types.ReadEnums()));
    }

    [Fact]
    public void Build_SystemCalls_ReadsTheRegistersOfTheArchitecture()
    {
        Assert.Contains("syscallno", Registers("arm64"));
        Assert.DoesNotContain("orig_ax", Registers("arm64"));
        Assert.Contains("orig_ax", Registers("x86"));
    }

    private IEnumerable<string> Registers(string architecture)
    {
        using BpfObject target = _builds.Open(architecture, "file");
        using BtfTypes types = target.OpenTypes();
        return types.ReadStructs().Single(type => type.Name == "pt_regs").Members.Select(member => member.Name);
    }

    /// <summary>Both builds, made once, in folders of their own.</summary>
    public sealed class Builds : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-bpf-");

        public Builds()
        {
            foreach (string architecture in new[] { "arm64", "x86" })
            {
                using Process make = Process.Start(new ProcessStartInfo(
                    "make", ["--silent", "-C", RepositoryFiles.PathOf("bpf"), $"ARCH={architecture}", $"OUT={FolderOf(architecture)}"])
                {
                    RedirectStandardError = true,
                    // Variables of an outer make are not for this one.
                    Environment = { ["MAKEFLAGS"] = string.Empty, ["MFLAGS"] = string.Empty },
                })!;
                string errors = make.StandardError.ReadToEnd();
                make.WaitForExit();
                Assert.True(make.ExitCode == 0, $"make ARCH={architecture}: {errors}");
            }
        }

        public byte[] Read(string architecture, string probe) => File.ReadAllBytes(Path.Combine(FolderOf(architecture), $"{probe}.bpf.o"));

        public BpfObject Open(string architecture, string probe) => BpfObject.Open(Read(architecture, probe), probe);

        public void Dispose() => _folder.Delete(recursive: true);

        private string FolderOf(string architecture) => Path.Combine(_folder.FullName, architecture);
    }
}
