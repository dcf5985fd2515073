// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.HostScan.Checks.Expressions;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Checks.Evaluation;

/// <summary>Judges the documents of scans by checks. Immutable: any thread may use it.</summary>
public sealed class CheckEngine
{
    private readonly CheckEnvironment _environment;
    private readonly IReadOnlyList<CompiledCheck> _checks;

    private CheckEngine(CheckEnvironment environment, IReadOnlyList<CompiledCheck> checks, IReadOnlyList<CheckIssue> issues) =>
        (_environment, _checks, Issues) = (environment, checks, issues);

    /// <summary>What is wrong with files and expressions; what they are about is left out.</summary>
    public IReadOnlyList<CheckIssue> Issues { get; }

    /// <summary>Those that are judged by.</summary>
    public IEnumerable<CheckDefinition> Checks => _checks.Select(check => check.Definition);

    /// <param name="sensors">Whose documents conditions may name; null = those of all sensors.</param>
    public static CheckEngine Compile(CheckLibrary library, IEnumerable<HostSensor>? sensors = null) =>
        Compile(library, (sensors ?? HostSensors.All).Select(sensor => sensor.Variable));

    internal static CheckEngine Compile(CheckLibrary library, IEnumerable<string> variables)
    {
        ArgumentNullException.ThrowIfNull(library);
        var environment = new CheckEnvironment(variables);
        var issues = new List<CheckIssue>(library.Issues);
        var checks = new List<CompiledCheck>();
        foreach (CheckDefinition check in library.Checks)
        {
            int before = issues.Count;
            CelProgram? applies = check.Applies is { } condition ? CompileOne(environment, check, "applies", condition, CelType.Bool, issues) : null;
            CelProgram? pass = CompileOne(environment, check, "pass", check.Pass, CelType.Bool, issues);
            CelProgram?[] evidence = [.. check.Evidence.Select(row => CompileOne(environment, check, "found", row.Found, null, issues))];
            if (issues.Count == before)
            {
                checks.Add(new CompiledCheck(check, applies, pass!, [.. evidence.Select(program => program!)], VariablesOf(environment, check)));
            }
        }

        return new CheckEngine(environment, checks, issues);
    }

    /// <param name="isWanted">Which checks are judged by; null = all.</param>
    /// <returns>In the order of the library.</returns>
    public IReadOnlyList<CheckResult> Judge(HostScanResult scan, Func<CheckDefinition, bool>? isWanted = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(scan);
        var judgement = new Judgement(scan, _environment.Bind(scan));
        var results = new List<CheckResult>(_checks.Count);
        foreach (CompiledCheck check in _checks.Where(check => isWanted?.Invoke(check.Definition) ?? true))
        {
            stop.ThrowIfCancellationRequested();
            results.Add(judgement.Of(check));
        }

        return results;
    }

    private static CelProgram? CompileOne(CheckEnvironment environment, CheckDefinition check, string part, CheckExpression expression, CelType? result, List<CheckIssue> issues)
    {
        bool compiles = environment.Cel.TryCompile(expression.Text, result, out CelProgram? program, out IReadOnlyList<CelIssue> found);
        foreach (CelIssue issue in found.Concat(program?.Warnings ?? []))
        {
            issues.Add(new CheckIssue(check.Set.File, expression.Line, $"{check.Id}: {part}, {issue}"));
        }

        return compiles ? program : null;
    }

    // By words, so that a text that is the name of a document counts as well: it only decides what is said of an unreadable document.
    private static string[] VariablesOf(CheckEnvironment environment, CheckDefinition check)
    {
        string text = $"{check.Applies?.Text} {check.Pass.Text}";
        HashSet<string> words = [.. text.Split([.. text.Where(c => !char.IsAsciiLetterOrDigit(c) && c != '_').Distinct()], StringSplitOptions.RemoveEmptyEntries)];
        return [.. environment.Variables.Where(words.Contains)];
    }
}
