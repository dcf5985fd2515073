// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Import.Falco;
using NodeAgent.Rules.Import.Sigma;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import;

/// <summary>Files that tests write, and what the engine says of the rules that are made of them.</summary>
internal static class ImportBench
{
    public static RuleImport Falco(params string[] files) => FalcoImport.Read(Sources(files), isStrict: false);

    public static RuleImport Sigma(params string[] files) => SigmaImport.Read(Sources(files), isStrict: false);

    /// <summary>The one rule with this condition.</summary>
    public static RuleImport Condition(string condition, string more = "") => Falco($"""
        {more}
        - rule: Tested
          desc: Tested
          condition: >
            {condition.ReplaceLineEndings(" ")}
          output: Tested
          priority: NOTICE
        """);

    /// <summary>An engine that judges by what was taken over, which must be everything.</summary>
    public static Bench Engine(RuleImport import)
    {
        Assert.True(import.Refused == 0 && import.Rules.Count > 0, string.Join('\n', import.Remarks));
        var bench = new Bench(rules: import.Rules);
        Assert.Empty(bench.Engine.Current.Issues);
        return bench;
    }

    public static string[] Of(RuleImport import, ImportRemarkKind kind) => [.. import.Remarks.Where(remark => remark.Kind == kind).Select(remark => remark.Message)];

    /// <summary>The file with pieces cut out and texts put in.</summary>
    public static string Changed(string file, (ushort At, byte Length, string Text)[] changes)
    {
        foreach ((ushort at, byte length, string? text) in changes)
        {
            int from = at % (file.Length + 1);
            int cut = Math.Min(length % 8, file.Length - from);
            file = file[..from] + text + file[(from + cut)..];
        }

        return file;
    }

    private static IEnumerable<ImportSource> Sources(string[] files) => files.Select((text, i) => new ImportSource($"file{i}.yaml", text));
}
