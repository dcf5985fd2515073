// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>What was found in one profile that a person wrote.</summary>
public sealed class ProfileReport(string name)
{
    private readonly List<ProfileProblem> _errors = [];
    private readonly List<ProfileProblem> _warnings = [];

    /// <summary>What was left out.</summary>
    public IReadOnlyList<ProfileProblem> Errors => _errors;

    /// <summary>What is used as it is, and allows everything of its kind.</summary>
    public IReadOnlyList<ProfileProblem> Warnings => _warnings;

    /// <summary>Problems behind the first <see cref="ProfileValidation.MaxProblems"/> of their kind.</summary>
    public int Unlisted { get; private set; }

    internal void Error(string field, string problem) => Add(_errors, field, problem);

    internal void Warn(string field, string problem) => Add(_warnings, field, problem);

    private void Add(List<ProfileProblem> problems, string field, string problem)
    {
        if (problems.Count < ProfileValidation.MaxProblems)
        {
            problems.Add(new ProfileProblem(name, field, problem));
        }
        else
        {
            Unlisted++;
        }
    }
}
