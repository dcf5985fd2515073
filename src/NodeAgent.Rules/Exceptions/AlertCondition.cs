// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Exceptions;

/// <summary>A condition that is true of what an alert tells of, and of as little else as the alert's facts can say.</summary>
internal static class AlertCondition
{
    /// <returns>Shape: terms with <c>&amp;&amp;</c> between them, each in a line; empty when the alert tells nothing.</returns>
    public static string Of(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        AlertArguments facts = alert.Arguments;
        var terms = new List<string>();
        if (alert.UserInfo is not null)
        {
            AddRequest(terms, alert);
            return string.Join("\n&& ", terms);
        }

        if (facts.Exec is { } exec)
        {
            terms.Add("eventType == \"exec\"");
            AddText(terms, "event.exepath", exec);
            AddArguments(terms, facts.Args);
        }
        else
        {
            AddText(terms, "event.exepath", facts.ExePath ?? PathOf(envelope.Spec.ProcessTree?.Root, alert.InfectedPid));
        }

        AddText(terms, "event.comm", alert.Identifiers?.Process?.Name);
        AddFile(terms, facts);
        AddPeer(terms, facts);
        AddCall(terms, facts);
        if (alert.ContainerName is null && alert.WorkloadName is null)
        {
            AddText(terms, "container.cgroupPath", facts.CgroupPath);
        }

        return string.Join("\n&& ", terms);
    }

    private static void AddRequest(List<string> terms, RuntimeAlert alert)
    {
        AddText(terms, "event.Kind", alert.Kind?.Kind);
        AddText(terms, "event.Namespace", alert.RequestNamespace);

        // A pod's name ends with it; what it is a pod of stands in the exception's selectors.
        AddText(terms, "event.Name", alert.WorkloadName is null || alert.WorkloadKind == "Pod" ? alert.ObjectName : null);
        AddText(terms, "event.UserInfo.Username", alert.UserInfo?.Name);
        AddArguments(terms, alert.Arguments.Args);
    }

    private static void AddFile(List<string> terms, AlertArguments facts)
    {
        AddText(terms, "event.path", facts.Path);
        AddText(terms, "event.oldPath", facts.OldPath);
        AddText(terms, "event.newPath", facts.NewPath);
        if (facts.Flags is { } flags)
        {
            terms.Add("eventType == \"open\"");

            // Whoever may read a file need not be who may write it.
            terms.Add($"event.flags == [{string.Join(", ", flags.Select(CelLiteral.Ascii))}]");
        }

        AddNumber(terms, "event.errno", facts.Errno);
    }

    private static void AddPeer(List<string> terms, AlertArguments facts)
    {
        AddText(terms, "event.dstAddr", facts.Ip ?? facts.DestinationIp);
        if (facts.Ip is not null)
        {
            AddNumber(terms, "event.dstPort", facts.Port);
        }

        AddNumber(terms, "event.dstPort", facts.DestinationPort);
        AddText(terms, "event.proto", facts.Proto ?? facts.Protocol);
        AddText(terms, "event.name", facts.Domain);
        AddText(terms, "http.request.method", facts.Method);
        AddText(terms, "event.direction", facts.Direction);
    }

    private static void AddCall(List<string> terms, AlertArguments facts)
    {
        AddText(terms, "event.capName", facts.Capability);
        AddText(terms, "event.syscallName", facts.Syscall);
        AddText(terms, "event.module", facts.Module);
        AddNumber(terms, "event.opcode", facts.Opcode);
        if (facts.Cmd is >= 0 and var command)
        {
            terms.Add(string.Create(CultureInfo.InvariantCulture, $"event.cmd == {command}u"));
        }
    }

    private static void AddArguments(List<string> terms, IReadOnlyList<string>? arguments)
    {
        if (arguments is null)
        {
            return;
        }

        bool isCut = arguments.Count > BoundedText.MaxArguments;
        string[] told = [.. arguments.Take(BoundedText.MaxArguments)];
        if (!isCut && told.All(one => !IsCut(one) && CelLiteral.IsText(one)))
        {
            terms.Add($"event.args == [{string.Join(", ", told.Select(one => CelLiteral.Ascii(Encoding.UTF8.GetString(ByteText.Encode(one)))))}]");
            return;
        }

        terms.Add(string.Create(CultureInfo.InvariantCulture, $"event.args.size() {(isCut ? ">" : "==")} {told.Length}"));
        for (int at = 0; at < told.Length; at++)
        {
            string value = string.Create(CultureInfo.InvariantCulture, $"event.args[{at}]");
            terms.Add(IsCut(told[at]) && CelLiteral.IsText(told[at][..^1])
                ? $"{value}.startsWith({CelLiteral.Ascii(Encoding.UTF8.GetString(ByteText.Encode(told[at][..^1])))})"
                : CelLiteral.Equal(value, told[at]));
        }
    }

    // The alert holds the beginning only.
    private static bool IsCut(string argument) =>
        argument.Length >= BoundedText.MaxArgumentLength - 1 && argument.EndsWith(CutText.Mark, StringComparison.Ordinal);

    private static void AddText(List<string> terms, string value, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            terms.Add(CelLiteral.Equal(value, text));
        }
    }

    private static void AddNumber(List<string> terms, string value, long? number)
    {
        if (number is { } known)
        {
            terms.Add(string.Create(CultureInfo.InvariantCulture, $"{value} == {known}"));
        }
    }

    private static string? PathOf(AlertProcess? tree, uint pid)
    {
        for (AlertProcess? at = tree; at is not null && pid != 0; at = at.ChildrenMap?.Values.FirstOrDefault())
        {
            if (at.Pid == pid)
            {
                return at.Path;
            }
        }

        return null;
    }
}
