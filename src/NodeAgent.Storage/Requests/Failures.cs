// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Ownership;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Requests;

/// <summary>The failures of the API, in the words of the API server: clients match on reason and details.</summary>
internal static class Failures
{
    public static Status Status(int code, string? reason, string message, StatusDetails? details = null) =>
        new() { Result = "Failure", Code = code, Reason = reason, Message = message, Details = details };

    public static ApiException BadRequest(string message) => new(Status(400, StatusReason.BadRequest, message));

    public static ApiException Unauthorized() => new(Status(401, StatusReason.Unauthorized, "Unauthorized"));

    /// <param name="reason">Of whoever decided; empty = none.</param>
    public static ApiException Forbidden(AccessRequest asked, string reason)
    {
        string scope = asked.ObjectNamespace.Length > 0 ? $"in the namespace {Quote(asked.ObjectNamespace)}" : "at the cluster scope";
        string resource = asked.Subresource.Length > 0 ? $"{asked.Resource}/{asked.Subresource}" : asked.Resource;
        string cannot = asked.IsResource
            ? $"cannot {asked.Verb} resource {Quote(resource)} in API group {Quote(asked.Group)} {scope}"
            : $"cannot {asked.Verb} path {Quote(asked.Path)}";
        string sentence = $"User {Quote(asked.Caller.Name)} {cannot}".Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        string qualified = asked.Group.Length > 0 ? $"{asked.Resource}.{asked.Group}" : asked.Resource;
        string subject = !asked.IsResource ? "forbidden: " : asked.Name.Length > 0 ? $"{qualified} {Quote(asked.Name)} is forbidden: " : $"{qualified} is forbidden: ";
        return new ApiException(Status(
            403,
            StatusReason.Forbidden,
            subject + sentence + (reason.Length > 0 ? $": {reason}" : string.Empty),
            new StatusDetails { Name = NullIfEmpty(asked.Name), Group = NullIfEmpty(asked.Group), Kind = NullIfEmpty(asked.Resource) }));
    }

    /// <summary>In the words of a ResourceQuota that counts objects.</summary>
    public static ApiException QuotaExceeded(ResourceDefinition resource, string name, long used, long limit)
    {
        string count = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"count/{resource.QualifiedName}");
        return new ApiException(Status(
            403,
            StatusReason.Forbidden,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{resource.QualifiedName} {Quote(name)} is forbidden: exceeded quota: storage, requested: {count}=1, used: {count}={used}, limited: {count}={limit}"),
            Details(resource, name)));
    }

    /// <summary>An address that this server does not know.</summary>
    public static ApiException NoSuchResource() =>
        new(Status(404, StatusReason.NotFound, "the server could not find the requested resource", new StatusDetails()));

    public static ApiException NotFound(ResourceDefinition resource, string name) =>
        new(Status(404, StatusReason.NotFound, $"{resource.QualifiedName} \"{name}\" not found", Details(resource, name)));

    public static ApiException MethodNotAllowed() =>
        new(Status(405, StatusReason.MethodNotAllowed, "the server does not allow this method on the requested resource", new StatusDetails()));

    public static ApiException NotAcceptable(params string[] offers) => new(Status(
        406, StatusReason.NotAcceptable, $"406: Not Acceptable\n\nAvailable representations: {string.Join(", ", offers)}", new StatusDetails()));

    public static ApiException AlreadyExists(ResourceDefinition resource, string name) =>
        new(Status(409, StatusReason.AlreadyExists, $"{resource.QualifiedName} \"{name}\" already exists", Details(resource, name)));

    public static ApiException Modified(ResourceDefinition resource, string name) => Conflict(
        resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Conflict(ResourceDefinition resource, string name, string why) => new(Status(
        409, StatusReason.Conflict, $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {why}", Details(resource, name)));

    /// <summary>An applied configuration sets fields that are others'.</summary>
    public static ApiException ApplyConflict(FieldConflictException error)
    {
        IReadOnlyList<(string Manager, string Path)> conflicts = error.Conflicts;
        string list = conflicts is [var only]
            ? $"1 conflict: conflict with {only.Manager}: {only.Path}"
            : $"{conflicts.Count} conflicts: " + string.Join('\n', conflicts.GroupBy(conflict => conflict.Manager, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .SelectMany(group => group.Select(conflict => $"- {conflict.Path}").Prepend($"conflicts with {group.Key}:")));
        return new ApiException(Status(409, StatusReason.Conflict, $"Apply failed with {list}", new StatusDetails
        {
            Causes = [.. conflicts.Select(conflict => new StatusCause { Reason = "FieldManagerConflict", Message = $"conflict with {conflict.Manager}", Field = conflict.Path })],
        }));
    }

    /// <summary>Preconditions are reported by kind instead of plural, as upstream does.</summary>
    public static ApiException Precondition(ResourceDefinition resource, string name, string what, string wanted, string found) => new(Status(
        409,
        StatusReason.Conflict,
        $"Operation cannot be fulfilled on {resource.QualifiedKind} \"{name}\": the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). The object might have been {(what == "UID" ? "deleted and then recreated" : "modified")}",
        new StatusDetails { Name = name, Group = NullIfEmpty(resource.Group), Kind = resource.Kind }));

    public static ApiException Expired(string message) => new(Status(410, StatusReason.Expired, message));

    public static ApiException TooLarge(long limit) => new(Status(
        413, StatusReason.RequestEntityTooLarge, $"Request entity too large: limit is {limit}"));

    public static ApiException UnsupportedMediaType(params string[] accepted) => new(Status(
        415,
        StatusReason.UnsupportedMediaType,
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}"));

    public static ApiException Invalid(ResourceDefinition resource, string name, string field, string causeReason, string problem) => new(Status(
        422,
        StatusReason.Invalid,
        $"{resource.QualifiedKind} \"{name}\" is invalid: {field}: {problem}",
        new StatusDetails
        {
            Name = NullIfEmpty(name),
            Group = NullIfEmpty(resource.Group),
            Kind = resource.Kind,
            Causes = [new StatusCause { Reason = causeReason, Message = problem, Field = field }],
        }));

    /// <param name="fields">At least one.</param>
    public static ApiException Missing(ResourceDefinition resource, string name, IReadOnlyList<string> fields)
    {
        string list = string.Join(", ", fields.Select(field => $"{field}: Required value"));
        return new ApiException(Status(
            422,
            StatusReason.Invalid,
            $"{resource.QualifiedKind} \"{name}\" is invalid: {(fields.Count == 1 ? list : $"[{list}]")}",
            new StatusDetails
            {
                Name = NullIfEmpty(name),
                Group = NullIfEmpty(resource.Group),
                Kind = resource.Kind,
                Causes = [.. fields.Select(field => new StatusCause { Reason = "FieldValueRequired", Message = "Required value", Field = field })],
            }));
    }

    public static ApiException InvalidOptions(string kind, string field, string causeReason, string problem) => new(Status(
        422,
        StatusReason.Invalid,
        $"{kind}.meta.k8s.io \"\" is invalid: {field}: {problem}",
        new StatusDetails
        {
            Group = "meta.k8s.io",
            Kind = kind,
            Causes = [new StatusCause { Reason = causeReason, Message = problem, Field = field }],
        }));

    public static ApiException PatchRejected() =>
        new(Status(422, StatusReason.Invalid, "the server rejected our request due to an error in our request", new StatusDetails()));

    public static ApiException FutureRevision(long wanted, long current) => new(Status(
        504,
        StatusReason.Timeout,
        $"Timeout: Too large resource version: {wanted}, current: {current}",
        new StatusDetails
        {
            Causes = [new StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
            RetryAfterSeconds = 1,
        }));

    public static Status Unavailable(string message) =>
        Status(503, StatusReason.ServiceUnavailable, message, new StatusDetails { RetryAfterSeconds = 5 });

    private static StatusDetails Details(ResourceDefinition resource, string name) =>
        new() { Name = NullIfEmpty(name), Group = NullIfEmpty(resource.Group), Kind = resource.Plural };

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
