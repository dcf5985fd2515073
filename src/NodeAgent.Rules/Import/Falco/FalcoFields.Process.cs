// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

// The process of the event, and those above it.
internal static partial class FalcoFields
{
    private static FalcoFieldAnswer Process(FalcoField field) => field.Name switch
    {
        "proc.name" => FalcoReading.Text("event.comm", "event.comm != ''") with { SaysNotKnown = true },
        "proc.exe" => FalcoReading.Text(First("event.args"), "event.args.size() > 0"),
        "proc.exepath" => FalcoReading.Text("event.exepath", "event.exepath != ''"),
        "proc.args" => FalcoReading.Text(Rest("event.args")),
        "proc.cmdline" => FalcoReading.Text(CommandLine("event.comm", "event.args"), "event.comm != ''"),
        "proc.exeline" => FalcoReading.Text("event.args.join(' ')", "event.args.size() > 0"),
        "proc.cmdnargs" => FalcoReading.Number("(event.args.size() > 0 ? event.args.size() - 1 : 0)"),
        "proc.cmdlenargs" => FalcoReading.Number("(event.args.size() > 1 ? event.args.slice(1, event.args.size()).join('').size() : 0)"),
        "proc.cwd" => FalcoReading.Text("(event.cwd.endsWith('/') ? event.cwd : event.cwd + '/')", "event.cwd != ''"),
        "proc.pid" => FalcoReading.Number("event.pid"),
        "proc.ppid" => FalcoReading.Number("event.ppid"),
        "proc.tty" => new FalcoReading(FalcoKind.Zero, "event.hasTty"),
        "proc.is_exe_upper_layer" => FalcoReading.Bool("event.upperlayer"),
        "proc.is_exe_from_memfd" => FalcoReading.Bool("(eventType == 'exec' ? file.memfd : proc.memfd)"),
        "proc.is_sid_leader" => FalcoReading.Bool("(proc.session == proc.pid)", "proc.session != 0"),
        "proc.env" => Environment(field.Argument),
        "thread.tid" => FalcoReading.Number("event.tid"),
        "thread.cap_effective" => FalcoReading.Text("(proc.caps.size() > 0 ? 'CAP_' + proc.caps.join(' CAP_') : '')"),
        "proc.pname" => Above(1, "comm") with { SaysNotKnown = true },
        "proc.pexe" => Above(1, "exe"),
        "proc.pexepath" => Above(1, "exepath"),
        "proc.pcmdline" => Above(1, "cmdline"),
        "proc.aname" => Ancestor(field, "comm"),
        "proc.aexe" => Ancestor(field, "exe"),
        "proc.aexepath" => Ancestor(field, "exepath"),
        "proc.acmdline" => Ancestor(field, "cmdline"),
        "proc.apid" => Ancestor(field, "pid"),
        _ => Lacking(field),
    };

    private static string First(string list) => $"({list}.size() > 0 ? {list}[0] : '')";

    private static string Rest(string list) => $"({list}.size() > 1 ? {list}.slice(1, {list}.size()).join(' ') : '')";

    private static string CommandLine(string name, string list) => $"({name} + ({list}.size() > 1 ? ' ' + {list}.slice(1, {list}.size()).join(' ') : ''))";

    private static FalcoReading Environment(string? name) => name is null
        ? FalcoReading.Text("event.environment.join(' ')") with { Remark = ListedVariables }
        : FalcoReading.Text(string.Create(CultureInfo.InvariantCulture, $"v.substring({RuneCount(name) + 1})")) with
        {
            ElementsOf = $"event.environment.filter(v, v.startsWith({CelLiteral.Of(name + '=')})).exists(v, ",
            Remark = ListedVariables,
        };

    private static int RuneCount(string text) => text.EnumerateRunes().Count();

    // Without an argument it is whichever of them.
    private static FalcoFieldAnswer Ancestor(FalcoField field, string what)
    {
        if (field.Argument is null)
        {
            return Of("a", what) with { ElementsOf = "event.ancestors.exists(a, " };
        }

        return !int.TryParse(field.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out int level) || level > AncestorList.MaxCount ? Lacking(field)
            : level > 0 ? Above(level, what)
            : what switch
            {
                "comm" => Process(new FalcoField("proc.name", null, [])),
                "pid" => Process(new FalcoField("proc.pid", null, [])),
                _ => Process(new FalcoField("proc." + what, null, [])),
            };
    }

    private static FalcoReading Above(int level, string what)
    {
        string there = string.Create(CultureInfo.InvariantCulture, $"event.ancestors.size() > {level - 1}");
        string process = string.Create(CultureInfo.InvariantCulture, $"event.ancestors[{level - 1}]");
        FalcoReading reading = Of(process, what);
        return reading with { Cel = $"({there} ? {reading.Cel} : {(reading.Kind == FalcoKind.Number ? "0" : "''")})", Presence = there };
    }

    private static FalcoReading Of(string process, string what) => what switch
    {
        "pid" => FalcoReading.Number($"{process}.pid"),
        "exe" => FalcoReading.Text(First($"{process}.args")),
        "cmdline" => FalcoReading.Text(CommandLine($"{process}.comm", $"{process}.args")),
        _ => FalcoReading.Text($"{process}.{what}"),
    };
}
