// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Files;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>The variable <c>event</c>: one object for all events, of which the fields of the event at hand are read when a rule asks.</summary>
/// <remarks>
/// What an event has not is empty or 0, and <c>has()</c> of it is false. Its texts are copied out of the ring once, since a rule may keep none of
/// them longer than the event. For the loop's thread. Names of fields: Kubescape's rules; ours are <c>ancestors</c>, <c>script</c>,
/// <c>environment</c>, <c>failed</c>, <c>errno</c>, <c>stdin</c>, and those of the types that Kubescape has not.
/// </remarks>
internal sealed partial class EventObject : CelObject
{
    public static readonly CelObjectType<EventObject> Type = WithChanges(new CelObjectType<EventObject>("na.event")
        .Text("comm", e => e.Comm)
        .Text("pcomm", e => e._scope.Arena.Copy(e.Process.Parent?.Comm ?? string.Empty))
        .Text("exepath", e => e.ExePath)
        .Text("cwd", e => e.Cwd)
        .List("args", CelType.String, e => e.Args)
        .Text("script", e => e._script)
        .List("environment", CelType.String, e => e.Environment)
        .Int("pid", e => e._header.Pid)
        .Int("tid", e => e._header.Tid)
        .Int("ppid", e => e.Process.Parent?.Pid ?? e.Process.ParentPid)
        .Int("uid", e => e._header.Uid)
        .Int("gid", e => e._header.Gid)
        .Bool("upperlayer", e => e.IsUpper)
        .Bool("pupperlayer", e => ((e._scope.Context.ParentInUnit?.ExecFlags ?? ExecFlags.None) & ExecFlags.UpperLayer) != 0)
        .Bool("hasTty", e => e.Terminal != 0)
        .Int("tty", e => e.TtyMinor)
        .Int("ttyMajor", e => e.Terminal >> 20)
        .Int("ttyMinor", e => e.TtyMinor)
        .Text("stdin", e => StdinNames.Of(e.Process.StdinType))
        .Text("containerId", e => e._scope.Identity.ContainerId)
        .Text("containerName", e => e._scope.Identity.ContainerName)
        .Text("podName", e => e._scope.Identity.PodName)
        .Text("namespace", e => e._scope.Identity.Namespace)
        .Text("containerImage", e => e._scope.Identity.Image)
        .Text("containerImageDigest", e => e._scope.Identity.ImageDigest)
        .Map("podLabels", CelType.String, CelType.String, e => e._scope.Identity.Labels)
        .Bool("hostNetwork", e => e._scope.Identity.Identity.HostNetwork)
        .Bool("snapshot", e => e.IsSnapshot)
        .List("ancestors", CelType.Object(ProcessObject.Type), e => e._ancestors)
        .Text("path", e => e._path, e => e._path.Length > 0)
        .Value("flags", CelType.Dyn, e => e.FlagsValue(), e => e.EventType is RuleEventType.Open or RuleEventType.IoUring or RuleEventType.Unshare or RuleEventType.Namespace)
        .Int("flagsRaw", e => e._flags, e => e.EventType == RuleEventType.Open || e.IsFileChange)
        .Int("mode", e => e._mode, e => e.EventType == RuleEventType.Open || e.IsFileChange)
        .Int("errno", e => e.Error)
        .Bool("failed", e => e.Error != 0)
        .Text("oldPath", e => e._oldPath, e => e._oldPath.Length > 0)
        .Text("newPath", e => e._newPath, e => e._newPath.Length > 0)
        .Text("capName", e => e._name, e => e.EventType == RuleEventType.Capabilities)
        .Text("syscallName", e => e._syscall, e => e._syscall.Length > 0)
        .Alias("syscall", "syscallName")
        .Text("name", e => e._name, e => e.EventType is RuleEventType.Dns or RuleEventType.Xattr or RuleEventType.Memfd or RuleEventType.Prctl)
        .Text("module", e => e._detail, e => e.EventType == RuleEventType.Kmod)
        .Value("cmd", CelType.Dyn, e => CelValue.Of((ulong)e._number), e => e.EventType == RuleEventType.Bpf)
        .Value("attrSize", CelType.Dyn, e => CelValue.Of(0ul), _ => false)
        .Value("opcode", CelType.Dyn, e => CelValue.Of(e._number), e => e.EventType == RuleEventType.IoUring)
        .Value("request", CelType.Dyn, e => e.RequestValue(), e => e.EventType is RuleEventType.Http or RuleEventType.Ptrace)
        .Int("targetPid", e => e._targetPid, e => e._targetPid != 0)
        .Text("pktType", e => e.PacketType)
        .Text("direction", e => e.Direction)
        .Text("proto", e => e._protocol)
        .Text("srcAddr", e => e.Local())
        .Alias("srcIp", "srcAddr")
        .Int("srcPort", e => e.LocalPort)
        .Text("dstAddr", e => e.Remote())
        .Alias("dstIp", "dstAddr")
        .Int("dstPort", e => e.RemotePort)
        .Int("exitCode", e => e._number, e => e.EventType == RuleEventType.Exit)
        .Int("exitSignal", e => e._mode, e => e.EventType == RuleEventType.Exit)
        .Int("childPid", e => e._targetPid, e => e.EventType == RuleEventType.Fork)
        .Text("Kind", e => e._name)
        .Text("Name", e => e._path)
        .Text("Namespace", e => e._oldPath)
        .Text("Resource", e => e._newPath)
        .Text("Subresource", e => e._detail)
        .Text("Operation", e => e._syscall)
        .Value("UserInfo", CelType.Object(UserInfoObject.Type), e => CelValue.Of(e._user)));

    private readonly EventScope _scope;
    private readonly AncestorList _ancestors;
    private readonly ArgumentList _args = new();
    private readonly ArgumentList _environment = new();
    private readonly UserInfoObject _user = new();
    private readonly HttpRequestObject _noRequest = new();
    private bool _argsRead;
    private bool _environmentRead;
    private CelText _comm;
    private CelText _localText;
    private CelText _remoteText;

    public EventObject(EventScope scope)
    {
        _scope = scope;
        _ancestors = new AncestorList(scope);
    }

    public RuleEventType EventType { get; private set; }

    public bool IsEntrant => (_header.Flags & HeaderFlags.Entrant) != 0;

    public uint Error { get; private set; }

    public NetAddress RemoteAddress { get; private set; }

    public NetAddress LocalAddress { get; private set; }

    public ushort RemotePort { get; private set; }

    public ushort LocalPort { get; private set; }

    public uint ProtocolNumber { get; private set; }

    public override CelObjectType ObjectType => Type;

    public CelText Comm => _comm.Length > 0 ? _comm : _comm = _scope.Arena.Copy(CommText.Bytes(in _header.Comm));

    /// <summary>What was executed, where the executable is its interpreter; as the caller named it.</summary>
    public CelText Script => _script;

    /// <summary>The executable: as the kernel resolved it, else what the caller named, else the comm.</summary>
    public CelText ExePath
    {
        get
        {
            if (EventType != RuleEventType.Exec)
            {
                return _scope.Arena.Copy(Process.ExePath);
            }

            return _exe.Length > 0 ? _exe : Args.First is { Length: > 0 } first && first.Span[0] == (byte)'/' ? first : Comm;
        }
    }

    /// <summary>What <c>file</c> and the prefilters look at.</summary>
    public CelText FilePath => EventType switch
    {
        RuleEventType.Exec => ExePath,
        RuleEventType.Symlink or RuleEventType.Hardlink => _newPath,
        _ => _path,
    };

    public CelText Path => _path;

    public CelText OldPath => _oldPath;

    public CelText NewPath => _newPath;

    public CelText Name => _name;

    public CelText Syscall => _syscall;

    public CelText Detail => _detail;

    public CelText Protocol => _protocol;

    public CelText Argv => _argv;

    public long Number => _number;

    public uint Flags => _flags;

    public CelText Direction => RemoteDirection switch
    {
        FlowDirection.Outbound => Words.Outbound,
        FlowDirection.Inbound => Words.Inbound,
        _ => default,
    };

    public ArgumentList Args
    {
        get
        {
            if (!_argsRead)
            {
                _argsRead = true;
                if (EventType == RuleEventType.Exec)
                {
                    _args.Split(_argv);
                }
                else
                {
                    Fill(_args, Process.Argv);
                }
            }

            return _args;
        }
    }

    public ArgumentList Environment
    {
        get
        {
            if (!_environmentRead)
            {
                _environmentRead = true;
                if (EventType == RuleEventType.Exec)
                {
                    _environment.Split(_variables);
                }
                else
                {
                    Fill(_environment, Process.Environment);
                }
            }

            return _environment;
        }
    }

    private FlowDirection RemoteDirection { get; set; }

    private Events.Identity.ProcessInfo Process => _scope.Context.Process;

    private CelText Cwd => EventType == RuleEventType.Exec ? _cwd : _scope.Arena.Copy(Process.Cwd);

    private bool IsUpper => ((EventType == RuleEventType.Exec ? _execFlags : Process.ExecFlags) & ExecFlags.UpperLayer) != 0;

    private uint Terminal => EventType == RuleEventType.Exec ? _tty : Process.Tty;

    private uint TtyMinor => Terminal & 0xfffff;

    private CelText PacketType => RemoteDirection switch
    {
        FlowDirection.Outbound => Words.Outgoing,
        FlowDirection.Inbound => Words.Host,
        _ => default,
    };

    public bool HasFileFlag(OpenRecordFlags flag) => EventType == RuleEventType.Exec
        ? (_execFlags & flag switch { OpenRecordFlags.UpperLayer => ExecFlags.UpperLayer, OpenRecordFlags.Memfd => ExecFlags.Memfd, OpenRecordFlags.Deleted => ExecFlags.Deleted, _ => ExecFlags.None }) != 0
        : (_fileFlags & flag) != 0;

    /// <summary>Also of the text that stands for it.</summary>
    public bool IsRemote(ReadOnlySpan<byte> text) => _remoteText.Length > 0 && _remoteText.Span.SequenceEqual(text);

    public CelText Remote() => _remoteText.Length > 0 || !HasPeer ? _remoteText : _remoteText = TextOf(RemoteAddress);

    private CelText Local() => _localText.Length > 0 || !HasPeer ? _localText : _localText = TextOf(LocalAddress);

    private bool HasPeer => EventType is RuleEventType.Network or RuleEventType.Ssh or RuleEventType.Http or RuleEventType.Dns or RuleEventType.Close or RuleEventType.Socket;

    private CelText TextOf(NetAddress address)
    {
        Span<byte> room = _scope.Arena.Take(AddressText.MaxLength, out CelText made);
        int length = AddressText.Write(address, room);
        _scope.Arena.GiveBack(AddressText.MaxLength - length);
        return made.Slice(0, length);
    }

    private CelValue FlagsValue() => EventType switch
    {
        RuleEventType.Open => CelValue.Of(FlagTexts.Of(_flags)),
        RuleEventType.IoUring or RuleEventType.Unshare or RuleEventType.Namespace => CelValue.Of((long)_flags),
        _ => CelValue.Of(CelList.Empty),
    };

    private CelValue RequestValue() => EventType switch
    {
        RuleEventType.Http => CelValue.Of(_scope.Http.Request),
        RuleEventType.Ptrace => CelValue.Of(_number),
        _ => CelValue.Of(_noRequest),
    };

    private void Fill(ArgumentList list, IReadOnlyList<string> texts)
    {
        list.Clear();
        for (int i = 0; i < texts.Count; i++)
        {
            list.Add(_scope.Arena.Copy(texts[i]));
        }
    }
}
