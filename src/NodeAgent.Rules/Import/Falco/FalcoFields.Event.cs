// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

// What the event is about: files, connections, results and arguments of calls.
internal static partial class FalcoFields
{
    private const string HasPeer6 = "event.dstAddr.contains(':')";
    private const string IsDirectory = "'O_DIRECTORY' in event.flags";

    private static readonly Approximation Directories = new(
        ImportRemarkKind.MeansMore, "a directory that is opened without O_DIRECTORY counts as a file");

    private static readonly Approximation Outcome = new(
        ImportRemarkKind.MeansLess, "EINPROGRESS: a connect is an event when its outcome is known");

    private static readonly Dictionary<string, long> PtraceRequests = new(StringComparer.Ordinal)
    {
        ["PTRACE_POKETEXT"] = 4,
        ["PTRACE_POKEDATA"] = 5,
        ["PTRACE_POKEUSR"] = 6,
        ["PTRACE_SETREGS"] = 13,
        ["PTRACE_SETFPREGS"] = 15,
        ["PTRACE_SETFPXREGS"] = 18,
        ["PTRACE_SETREGSET"] = 0x4205,
    };

    private static readonly Dictionary<string, long> BpfCommands = new(StringComparer.Ordinal)
    {
        ["BPF_MAP_CREATE"] = 0,
        ["BPF_MAP_LOOKUP_ELEM"] = 1,
        ["BPF_MAP_UPDATE_ELEM"] = 2,
        ["BPF_MAP_DELETE_ELEM"] = 3,
        ["BPF_MAP_GET_NEXT_KEY"] = 4,
        ["BPF_PROG_LOAD"] = 5,
        ["BPF_OBJ_PIN"] = 6,
        ["BPF_OBJ_GET"] = 7,
        ["BPF_PROG_ATTACH"] = 8,
        ["BPF_PROG_DETACH"] = 9,
    };

    // Of x86 and arm64.
    private static readonly Dictionary<string, long> SignalNames = new(StringComparer.Ordinal)
    {
        ["SIGHUP"] = 1,
        ["SIGINT"] = 2,
        ["SIGQUIT"] = 3,
        ["SIGILL"] = 4,
        ["SIGTRAP"] = 5,
        ["SIGABRT"] = 6,
        ["SIGBUS"] = 7,
        ["SIGFPE"] = 8,
        ["SIGKILL"] = 9,
        ["SIGUSR1"] = 10,
        ["SIGSEGV"] = 11,
        ["SIGUSR2"] = 12,
        ["SIGPIPE"] = 13,
        ["SIGALRM"] = 14,
        ["SIGTERM"] = 15,
        ["SIGCHLD"] = 17,
        ["SIGCONT"] = 18,
        ["SIGSTOP"] = 19,
        ["SIGTSTP"] = 20,
    };

    private static FalcoFieldAnswer Event(FalcoField field, FalcoEvent @event) => field.Name switch
    {
        "evt.is_open_read" => OfOpen(@event, "('O_RDONLY' in event.flags || 'O_RDWR' in event.flags)"),
        "evt.is_open_write" => OfOpen(@event, "('O_WRONLY' in event.flags || 'O_RDWR' in event.flags)"),
        "evt.is_open_create" => OfOpen(@event, "file.created"),
        "evt.is_open_exec" => OfOpen(@event, "(('O_CREAT' in event.flags || 'O_TMPFILE' in event.flags) && math.bitAnd(event.mode, 73) != 0)"),
        "evt.failed" => FalcoReading.Bool("event.failed"),
        "evt.rawres" => new FalcoReading(FalcoKind.Result, "event.errno"),
        "evt.res" => new FalcoReading(FalcoKind.Named, "event.errno") { Names = ErrnoNames.All, NeverNamed = name => name == "EINPROGRESS" ? Outcome : null },
        "evt.arg" when FalcoArguments.NameOf(@event.Name, field.Argument) is { } name => Argument(field, name, @event),
        "evt.arg" or "evt.rawarg" or "evt.abspath" => Lacking(field),
        _ when field.Name.StartsWith("evt.arg.", StringComparison.Ordinal) => Argument(field, field.Name["evt.arg.".Length..], @event),
        _ => Lacking(field),
    };

    // Of other events it is false, not absent.
    private static FalcoReading OfOpen(FalcoEvent @event, string cel) => FalcoReading.Bool(@event.IsFile ? cel : "false");

    private static FalcoFieldAnswer Argument(FalcoField field, string name, FalcoEvent @event) => (@event.Type, name) switch
    {
        (RuleEventType.Open, "flags") => new FalcoReading(FalcoKind.Flags, "event.flags"),
        (RuleEventType.Open, "mode") => FalcoReading.Number("event.mode"),
        (RuleEventType.Open, "name" or "filename" or "path" or "pathname") => FalcoReading.Text("event.path", "event.path != ''") with { Remark = ResolvedPath },
        (RuleEventType.Symlink, "target") or (RuleEventType.Hardlink, "oldpath") => FalcoReading.Text("event.oldPath", "event.oldPath != ''"),
        (RuleEventType.Symlink, "linkpath") or (RuleEventType.Hardlink, "newpath") => FalcoReading.Text("event.newPath", "event.newPath != ''"),
        (RuleEventType.Ptrace, "request") => new FalcoReading(FalcoKind.Named, "event.request") { Names = PtraceRequests, NeverNamed = OtherRequest },
        (RuleEventType.Bpf, "cmd") => new FalcoReading(FalcoKind.Named, "int(event.cmd)") { Names = BpfCommands },
        (RuleEventType.Exec, "exe") => Process(new FalcoField("proc.exe", null, [])),
        (RuleEventType.Exec, "pid") => Process(new FalcoField("proc.pid", null, [])),
        (RuleEventType.Exec, "tid") => Process(new FalcoField("thread.tid", null, [])),
        (RuleEventType.Exec, "ptid") => Process(new FalcoField("proc.ppid", null, [])),
        (RuleEventType.Exit, "status" or "ret") => FalcoReading.Number("event.exitCode"),
        (RuleEventType.Rename, "oldpath") or (RuleEventType.Mount, "dev") => SourcePath(@event),
        (RuleEventType.Rename, "newpath") => ChangedPath(),
        (RuleEventType.Unlink or RuleEventType.Mkdir or RuleEventType.Rmdir, "name" or "path")
            or (RuleEventType.Chmod, "filename") or (RuleEventType.Chown, "path" or "pathname") or (RuleEventType.Mount, "dir") or (RuleEventType.Umount, "name") => ChangedPath(),
        (RuleEventType.Chmod, "mode") => FalcoReading.Number("event.mode"),
        (RuleEventType.Chown, "uid") or (RuleEventType.Credentials, "uid") => FalcoReading.Number("event.newUid"),
        (RuleEventType.Chown, "gid") or (RuleEventType.Credentials, "gid") => FalcoReading.Number("event.newGid"),
        (RuleEventType.Mount, "type") => FalcoReading.Text("event.fsType"),
        (RuleEventType.Signal, "sig") => new FalcoReading(FalcoKind.Named, "event.signal") { Names = SignalNames },
        (RuleEventType.Signal, "pid") or (RuleEventType.ProcessVm, "pid") => FalcoReading.Number("event.targetPid"),
        (RuleEventType.Memfd, "name") => FalcoReading.Text("event.name"),
        _ => Lacking(field),
    };

    private static Approximation? OtherRequest(string name) => PtraceRequests.ContainsKey(name) ? null
        : new Approximation(ImportRemarkKind.MeansLess, $"event ptrace with {name}: only requests that change memory or registers are events");

    // The file that a call changes, and where it came from; of no other events.
    private static FalcoFieldAnswer Changed(string name, FalcoEvent @event) => (@event.Type, name) switch
    {
        (RuleEventType.Symlink or RuleEventType.Hardlink, "fs.path.source") => FalcoReading.Text("event.oldPath", "event.oldPath != ''"),
        (RuleEventType.Symlink or RuleEventType.Hardlink, "fs.path.target") => FalcoReading.Text("event.newPath", "event.newPath != ''"),
        (RuleEventType.Rename or RuleEventType.Mount, "fs.path.source") => SourcePath(@event),
        (RuleEventType.Rename or RuleEventType.Mount, "fs.path.target") => ChangedPath(),
        (RuleEventType.Unlink or RuleEventType.Mkdir or RuleEventType.Rmdir or RuleEventType.Chmod or RuleEventType.Chown or RuleEventType.Umount, "fs.path.name") => ChangedPath(),
        (RuleEventType.Open, "fs.path.name") => FalcoReading.Text("event.path", "event.path != ''") with { Remark = ResolvedPath },
        (not null, "fs.path.name" or "fs.path.source" or "fs.path.target") => FalcoFieldAnswer.Absent,
        _ => Lacking(name),
    };

    private static FalcoReading ChangedPath() => FalcoReading.Text("event.path", "event.path != ''") with { Remark = ResolvedPath };

    private static FalcoReading SourcePath(FalcoEvent @event) =>
        @event.Type == RuleEventType.Mount ? FalcoReading.Text("event.source") : FalcoReading.Text("event.oldPath", "event.oldPath != ''") with { Remark = ResolvedPath };

    private static FalcoFieldAnswer File(string name, FalcoEvent @event) =>
        @event.IsFile ? OpenedFile(name)
        : @event.IsConnection ? Connection(name, @event)
        : HasDescriptor(@event) ? Lacking(name)
        : FalcoFieldAnswer.Absent;

    // There Falco knows what the descriptor is of, and our events do not tell.
    private static bool HasDescriptor(FalcoEvent @event) =>
        @event.Type is RuleEventType.Kmod or RuleEventType.Bpf or RuleEventType.Socket or RuleEventType.Memfd or RuleEventType.Userfaultfd or null
        || @event.Name is "fchmod" or "fchown" or "setns";

    private static FalcoFieldAnswer OpenedFile(string name) => name switch
    {
        "fd.name" => FalcoReading.Text("event.path", "event.path != ''"),
        "fd.directory" => FalcoReading.Text("(event.path.lastIndexOf('/') > 0 ? event.path.substring(0, event.path.lastIndexOf('/')) : '/')", "event.path != ''"),
        "fd.filename" => FalcoReading.Text(BaseName("event.path"), "event.path != ''"),
        "fd.typechar" => FalcoReading.Text($"({IsDirectory} ? 'd' : 'f')") with { Remark = Directories },
        "fd.type" => FalcoReading.Text($"({IsDirectory} ? 'directory' : 'file')") with { Remark = Directories },
        "fd.num" => new FalcoReading(FalcoKind.Result, "event.errno"),
        _ when name.Contains("ip", StringComparison.Ordinal) || name.EndsWith("port", StringComparison.Ordinal) || name.EndsWith("net", StringComparison.Ordinal)
            || name is "fd.l4proto" or "fd.sockfamily" => FalcoFieldAnswer.Absent,
        _ => Lacking(name),
    };

    private static FalcoFieldAnswer Connection(string name, FalcoEvent @event)
    {
        bool isClient = @event.Guard?.Contains("outbound", StringComparison.Ordinal) == true;
        (string client, string server) = isClient ? ("src", "dst") : ("dst", "src");
        bool isDatagram = @event.Remark is not null && @event.Name != "connect";
        return name switch
        {
            "fd.name" => FalcoReading.Text($"(event.{client}Addr + ':' + string(event.{client}Port) + '->' + event.{server}Addr + ':' + string(event.{server}Port))"),
            "fd.type" => FalcoReading.Text($"({HasPeer6} ? 'ipv6' : 'ipv4')"),
            "fd.typechar" => FalcoReading.Text($"({HasPeer6} ? '6' : '4')"),
            "fd.sockfamily" => FalcoReading.Text("'ip'"),
            "fd.l4proto" => FalcoReading.Text("event.proto.lowerAscii()"),
            "fd.num" => new FalcoReading(FalcoKind.Result, "event.errno"),
            "fd.is_server" => FalcoReading.Bool(isClient ? "false" : "true"),
            "fd.connected" => FalcoReading.Bool(isDatagram ? "false" : "!event.failed"),
            "fd.name_changed" => FalcoReading.Bool("true"),
            "fd.cip" or "fd.cnet" => Address($"event.{client}Addr"),
            "fd.sip" or "fd.snet" => Address($"event.{server}Addr"),
            "fd.lip" or "fd.lnet" => Address("event.srcAddr"),
            "fd.rip" or "fd.rnet" => Address("event.dstAddr"),
            "fd.ip" or "fd.net" => Address("x") with { ElementsOf = "[event.srcAddr, event.dstAddr].exists(x, ", UnlikeAll = true },
            "fd.cport" => FalcoReading.Number($"event.{client}Port"),
            "fd.sport" => FalcoReading.Number($"event.{server}Port"),
            "fd.lport" => FalcoReading.Number("event.srcPort"),
            "fd.rport" => FalcoReading.Number("event.dstPort"),
            "fd.port" => FalcoReading.Number("x") with { ElementsOf = "[event.srcPort, event.dstPort].exists(x, ", UnlikeAll = true },
            "fd.directory" or "fd.filename" or "fd.nameraw" => FalcoFieldAnswer.Absent,
            _ => Lacking(name),
        };
    }

    private static FalcoReading Address(string cel) => new(FalcoKind.Address, cel) { Presence = $"{cel} != ''" };

    /// <summary>What follows the last slash.</summary>
    public static string BaseName(string cel) => $"{cel}.substring({cel}.lastIndexOf('/') + 1)";
}
