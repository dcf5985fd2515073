// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.TestSupport.Wire;

/// <summary>Which wire struct a kind has.</summary>
public static class WireTypes
{
    public static Type Of(EventKind kind) => kind switch
    {
        EventKind.Exec or EventKind.Task => typeof(ExecRecord),
        EventKind.TcpConnect or EventKind.TcpAccept or EventKind.TcpClose => typeof(TcpRecord),
        EventKind.CgroupMkdir or EventKind.CgroupRmdir or EventKind.CgroupAttach => typeof(CgroupRecord),
        _ => typeof(HeaderRecord).Assembly.GetType($"{typeof(HeaderRecord).Namespace}.{kind}Record", throwOnError: true)!,
    };
}
