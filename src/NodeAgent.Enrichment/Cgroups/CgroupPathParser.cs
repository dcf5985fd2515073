// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;

namespace NodeAgent.Enrichment.Cgroups;

/// <summary>Tells from a cgroup's path whose it is.</summary>
/// <remarks>
/// The innermost container wins, and the one around it is its parent; whatever lies below a container and is none itself
/// belongs to it, also what looks like a systemd unit. Outside containers the outermost service or scope wins, except below a
/// user's service manager, whose units are named <c>user@UID.service/UNIT</c>: a user must not be able to pose as a unit of the
/// system. A pod uid is believed only outside such user trees. Only the path speaks: who is a pause container, or a container of
/// plain runc in a cgroup of any name, is not known here.
/// Errors: none; a shape that no kernel writes is <see cref="UnitKind.Unknown"/>. Source: cgroups(7), systemd.unit(5), and the
/// cgroup drivers of kubelet, containerd, CRI-O, Docker, Podman and runc.
/// </remarks>
public static class CgroupPathParser
{
    /// <summary>Units: bytes; PATH_MAX, the bound of the probe too.</summary>
    public const int MaxPathLength = 4096;

    /// <param name="path">Shape: path in the cgroup2 tree (or of a v1 controller), <c>/</c> first, any bytes.</param>
    public static CgroupUnit Parse(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != '/' || path.Length > MaxPathLength)
        {
            return Unknown(path);
        }

        if (path.Length == 1)
        {
            return new CgroupUnit(UnitKind.Host, string.Empty, string.Empty, string.Empty, string.Empty, 1, 0);
        }

        var scan = new Scan { Above = default, Unit = default };
        int start = 1;
        while (start <= path.Length)
        {
            int length = path[start..].IndexOf((byte)'/');
            int end = length < 0 ? path.Length : start + length;
            ReadOnlySpan<byte> segment = path[start..end];
            if (segment.IsEmpty || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8) || segment.Contains((byte)0))
            {
                return Unknown(path);
            }

            scan.Take(segment, end);
            start = end + 1;
        }

        return scan.Result(path);
    }

    private static CgroupUnit Unknown(ReadOnlySpan<byte> path) =>
        new(UnitKind.Unknown, string.Empty, string.Empty, string.Empty, string.Empty, path.Length, 0);

    /// <summary>What the segments so far have told.</summary>
    private ref struct Scan
    {
        public ReadOnlySpan<byte> Above;
        public ReadOnlySpan<byte> Unit;
        private string? _podUid;
        private string? _unitPodUid;
        private string? _userManager;
        private CgroupUnit _container;
        private int _unitEnd;
        private bool _onlySlices;
        private int _taken;

        public void Take(ReadOnlySpan<byte> segment, int end)
        {
            bool isPod = CgroupSegment.TryPodUid(segment, out string uid);
            if (isPod && _userManager is null)
            {
                _podUid = uid;
            }

            if (!TakeContainer(segment, end) && _container.TopLength == 0)
            {
                TakeUnit(segment, end);
            }

            Above = segment;
            _taken++;
        }

        private bool TakeContainer(ReadOnlySpan<byte> segment, int end)
        {
            if (CgroupSegment.TryHexContainer(segment, out ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> id))
            {
                // Podman's cgroupfs driver: a pod is a bare id below libpod_parent, its containers are libpod-ID.
                if (prefix.IsEmpty && Above.SequenceEqual("libpod_parent"u8))
                {
                    return false;
                }

                SetContainer(CgroupSegment.RuntimeOf(prefix.IsEmpty ? Above : prefix), Encoding.ASCII.GetString(id), string.Empty, end);
                return true;
            }

            if (CgroupSegment.TryNamedContainer(segment, out string runtime, out ReadOnlySpan<byte> name))
            {
                string text = PlainText(name);
                SetContainer(runtime, text, text, end);
                return true;
            }

            if (_taken == 1 && Above.SequenceEqual("machine.slice"u8) && CgroupSegment.TryMachine(segment, out name))
            {
                string text = SystemdEscape.Unescape(name);
                SetContainer("systemd-nspawn", text, text, end);
                return true;
            }

            return false;
        }

        private void SetContainer(string runtime, string id, string name, int end)
        {
            _container = new CgroupUnit(UnitKind.Container, runtime, id, name, _podUid ?? string.Empty, end, _container.TopLength);
            _podUid = null;
        }

        private void TakeUnit(ReadOnlySpan<byte> segment, int end)
        {
            bool belowUserManager = _userManager is not null;
            if (CgroupSegment.IsUnit(segment) && (_unitEnd == 0 || (belowUserManager && Unit.IsEmpty)))
            {
                _unitEnd = end;
                _unitPodUid = _podUid;
                if (!belowUserManager && CgroupSegment.IsUserManager(segment))
                {
                    _userManager = PlainText(segment);
                }
                else
                {
                    Unit = segment;
                }
            }

            _onlySlices = (_taken == 0 || _onlySlices) && CgroupSegment.IsSlice(segment);
        }

        public readonly CgroupUnit Result(ReadOnlySpan<byte> path)
        {
            if (_container.TopLength != 0)
            {
                return _container;
            }

            if (_unitEnd != 0)
            {
                string unit = SystemdEscape.UnitName(Unit);
                string name = _userManager is null ? unit : Unit.IsEmpty ? _userManager : $"{_userManager}/{unit}";
                return new CgroupUnit(UnitKind.SystemdUnit, string.Empty, string.Empty, name, _unitPodUid ?? string.Empty, _unitEnd, 0);
            }

            string pod = _podUid ?? string.Empty;
            return _onlySlices
                ? new CgroupUnit(UnitKind.SystemdUnit, string.Empty, string.Empty, SystemdEscape.UnitName(Above), pod, path.Length, 0)
                : new CgroupUnit(UnitKind.Cgroup, string.Empty, string.Empty, PlainText(path[1..]), pod, path.Length, 0);
        }

        private static string PlainText(ReadOnlySpan<byte> bytes) => ByteText.Decode(bytes);
    }
}
