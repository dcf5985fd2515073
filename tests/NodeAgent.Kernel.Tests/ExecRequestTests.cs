// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>How an exec was asked for: by script or descriptor, from which input, in which environment.</summary>
public sealed class ExecRequestTests : IDisposable
{
    private const int LongestVariable = 1023; // of NA_ENVIRONMENT_VALUE_MAX, without the NUL
    private readonly string _folder = Directory.CreateTempSubdirectory("na-exec-").FullName;

    [Fact]
    public void Exec_ScriptOfAScript_NamesTheFirstAndTheProgram()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_script", _folder);
        string self = Workload.PathOf("exec_script");
        AssertScript(watch, workload, "absolute_pid", $"{_folder}/outer", $"{self}\0-x\0{_folder}/inner\0{_folder}/outer\0last\0");
        AssertScript(watch, workload, "relative_pid", $"{_folder}/./outer", $"{self}\0-x\0{_folder}/inner\0./outer\0last\0");
        AssertScript(watch, workload, "root_pid", $"{_folder}/outer", $"{self}\0-x\0{_folder}/inner\0{_folder[1..]}/outer\0last\0");
        CapturedExec plain = ExecOf(watch, workload, "plain_pid");
        Assert.Equal((ExecFlags.None, string.Empty), (plain.Record.Flags & ~ExecFlags.UpperLayer, Text(plain.Script)));
    }

    [Fact]
    public void Exec_ByDescriptor_IsFlagged()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_script", _folder);
        CapturedExec direct = ExecOf(watch, workload, "descriptor_pid");
        Assert.Equal(Workload.PathOf("exec_script"), direct.Exe);
        Assert.Equal((ExecFlags.EmptyPath, string.Empty), (direct.Record.Flags & ~ExecFlags.UpperLayer, Text(direct.Script)));
        CapturedExec inFolder = ExecOf(watch, workload, "folder_pid");
        Assert.Equal(ExecFlags.Script, inFolder.Record.Flags & ~ExecFlags.UpperLayer);
        Assert.Matches("^/dev/fd/[0-9]+/outer$", Text(inFolder.Script));
    }

    [Theory]
    [InlineData("pipe", StdinType.Pipe)]
    [InlineData("socket", StdinType.Socket)]
    [InlineData("tty", StdinType.Tty)]
    [InlineData("file", StdinType.File)]
    [InlineData("null", StdinType.Other)]
    [InlineData("folder", StdinType.Other)]
    [InlineData("closed", StdinType.Closed)]
    public void Exec_EachKindOfInput_IsNamedWithItsInode(string name, StdinType type)
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_stdin");
        ExecRecord record = ExecOf(watch, workload, name + "_pid").Record;
        Assert.Equal((type, workload.Number(name + "_inode")), (record.StdinType, record.StdinInode));
        Assert.Equal(workload.PidOf(name + "_pid"), record.Session);
        ExecRecord parent = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.Pid).Record;
        Assert.Equal((uint)workload.Number("session"), parent.Session);
        Assert.Equal(StdinType.Pipe, parent.StdinType);
    }

    [Fact]
    public void Exec_Environment_HasTheWantedNamesOnly()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_environment");
        AssertEnvironment(watch, workload, "plain_pid", ExecFlags.None, "LD_PRELOAD=/tmp/evil.so", "NODE_OPTIONS=--require=/x=y", "JDK_JAVA_OPTIONS=");
        AssertEnvironment(watch, workload, "empty_pid", ExecFlags.None);
        AssertEnvironment(watch, workload, "edge_pid", ExecFlags.EnvironmentTruncated,
            "LD_AUDIT=here", "LD_DEBUG=".PadRight(LongestVariable - 1, 'd'), "ENV=".PadRight(LongestVariable, 'e'));
    }

    [Fact]
    public void Exec_EnvironmentTooLong_IsCutAndSaysSo()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_environment");
        AssertEnvironment(watch, workload, "long_pid", ExecFlags.EnvironmentTruncated,
            "LD_AUDIT=".PadRight(LongestVariable, 'a'), "BASH_ENV=/tmp/evil");
        AssertEnvironment(watch, workload, "many_pid", ExecFlags.EnvironmentTruncated);
    }

    [Fact]
    public void Exec_OtherNamesWanted_AreTheOnesReported()
    {
        using KernelWatch watch = KernelWatch.Start(new BpfOptions { EnvironmentNames = ["PATH"] }, "process");
        Workload workload = watch.Run("exec_environment");
        AssertEnvironment(watch, workload, "plain_pid", ExecFlags.None, "PATH=/bin");
        using KernelWatch none = KernelWatch.Start(new BpfOptions { EnvironmentNames = [] }, "process");
        workload = none.Run("exec_environment");
        AssertEnvironment(none, workload, "plain_pid", ExecFlags.None);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertScript(KernelWatch watch, Workload workload, string pid, string script, string argv)
    {
        CapturedExec exec = ExecOf(watch, workload, pid);
        Assert.Equal(Workload.PathOf("exec_script"), exec.Exe);
        Assert.Equal(script, Text(exec.Script));
        Assert.Equal(argv, Text(exec.Argv));
        Assert.Equal(ExecFlags.Script, exec.Record.Flags & ~ExecFlags.UpperLayer);
    }

    private static void AssertEnvironment(KernelWatch watch, Workload workload, string pid, ExecFlags flags, params string[] variables)
    {
        CapturedExec exec = ExecOf(watch, workload, pid);
        Assert.Equal(string.Concat(variables.Select(variable => variable + "\0")), Text(exec.Environment));
        Assert.Equal(flags, exec.Record.Flags & ~ExecFlags.UpperLayer);
    }

    private static CapturedExec ExecOf(KernelWatch watch, Workload workload, string pid) =>
        Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf(pid));

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
