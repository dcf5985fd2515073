// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>The variable <c>file</c>: the file that was opened, linked or executed.</summary>
internal sealed class FileObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<FileObject> Type = new CelObjectType<FileObject>("na.file")
        .Text("path", f => f._scope.Event.FilePath)
        .Text("name", f => f.Name())
        .Text("hostPath", f => f.HostPath())
        .Bool("sensitive", f => f.IsSensitive())
        .Bool("mounted", f => f.IsMounted())
        .Bool("upperLayer", f => f._scope.Event.HasFileFlag(OpenRecordFlags.UpperLayer))
        .Bool("memfd", f => f._scope.Event.HasFileFlag(OpenRecordFlags.Memfd))
        .Bool("deleted", f => f._scope.Event.HasFileFlag(OpenRecordFlags.Deleted))
        .Bool("created", f => f._scope.Event.HasFileFlag(OpenRecordFlags.Created))
        .Bool("failed", f => f._scope.Event.Error != 0)
        .Bool("missing", f => f._scope.Event.Error is NoSuchFile or NotADirectory)
        .Int("errno", f => f._scope.Event.Error);

    private const uint NoSuchFile = 2;
    private const uint NotADirectory = 20;
    private readonly EventScope _scope = scope;

    public override CelObjectType ObjectType => Type;

    private CelText Name()
    {
        CelText path = _scope.Event.FilePath;
        int start = path.Span.LastIndexOf((byte)'/') + 1;
        return path.Slice(start, path.Length - start);
    }

    // The host's file where the path leads into what is mounted from the host; else empty.
    private CelText HostPath()
    {
        CelText path = _scope.Event.FilePath;
        if (!_scope.HostMounts.TryFind(_scope.Context.Configuration, path.Span, out HostMount mount))
        {
            return default;
        }

        ReadOnlySpan<byte> rest = path.Span[mount.DestinationLength..];
        if (mount.Source.Length + rest.Length == 0)
        {
            return Words.Root;
        }

        Span<byte> room = _scope.Arena.Take(mount.Source.Length + rest.Length, out CelText made);
        mount.Source.CopyTo(room);
        rest.CopyTo(room[mount.Source.Length..]);
        return made;
    }

    // In a volume, not in what the runtime itself mounts.
    private bool IsMounted()
    {
        ReadOnlySpan<byte> path = _scope.Event.FilePath.Span;
        CelList volumes = _scope.Identity.VolumePaths;
        for (int i = 0; i < volumes.Count; i++)
        {
            ReadOnlySpan<byte> volume = volumes[i].Text.Span.TrimEnd((byte)'/');
            if (path.StartsWith(volume) && (path.Length == volume.Length || path[volume.Length] == (byte)'/'))
            {
                return true;
            }
        }

        return false;
    }

    // Rules ask this of each open: the one question of which nothing is put together.
    private bool IsSensitive()
    {
        ReadOnlySpan<byte> path = _scope.Event.FilePath.Span;
        foreach (byte[] prefix in _scope.Settings.SensitivePrefixes)
        {
            if (path.StartsWith(prefix))
            {
                return true;
            }
        }

        return _scope.SensitiveHostPaths.Holds(_scope.Context.Configuration, path);
    }
}
